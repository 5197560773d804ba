"""What is done to pages before they are sent: in threads of its own, handed on in the order in which it was begun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from model_runtime.contract import PageRequest

T = TypeVar("T")

_NUM_THREADS = 4
"""A page takes one of them 5 to 10 ms, so that they keep up with any card."""


class Preparation(Generic[T]):
    """Turns requests into what is sent of them; nothing of a request is kept beyond that."""

    def __init__(self, name: str, prepared: Callable[[PageRequest], T]) -> None:
        self._prepared = prepared
        self._threads = ThreadPoolExecutor(_NUM_THREADS, f"{name}-preparation")
        self._door = asyncio.Lock()

    def begun(self, request: PageRequest) -> Future[T]:
        """For any thread."""
        return self._threads.submit(self._prepared, request)

    async def ended(self, preparation: Future[T]) -> T:
        """On one event loop. Raises: what the preparation raised."""
        try:
            async with self._door:  # it lets pages through as they came, however long each of them took
                return await asyncio.wrap_future(preparation)
        finally:
            preparation.cancel()

    def close(self) -> None:
        """Drops what has not begun, and waits for what has."""
        self._threads.shutdown(cancel_futures=True)
