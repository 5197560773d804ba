"""A synchronous stream of results, consumed from an event loop that it never blocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from enum import Enum
from typing import TypeVar

T = TypeVar("T")


class _Stream(Enum):
    END = "end"


async def iterated_in_thread(make_iterator: Callable[[], Iterator[T]]) -> AsyncGenerator[T, None]:
    """The items of an iterator that is made, advanced and closed in one thread of its own.

    The iterator is advanced only when the next item is asked for, so a slow consumer holds it back. What it raises is
    raised here. When the consumer stops early or is cancelled, the step under way is finished and the iterator closed
    before this generator ends; a second cancellation does not wait for that.
    """
    loop = asyncio.get_running_loop()
    context = copy_context()
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ocr2-stream")
    items = _made_when_advanced(make_iterator)

    def step() -> T | _Stream:
        return next(items, _Stream.END)

    try:
        while not isinstance(item := await loop.run_in_executor(thread, context.run, step), _Stream):
            yield item
    finally:
        closed = loop.run_in_executor(thread, context.run, items.close)
        thread.shutdown(wait=False)
        await closed


def _made_when_advanced(make_iterator: Callable[[], Iterator[T]]) -> Generator[T, None, None]:
    yield from make_iterator()
