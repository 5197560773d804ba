"""An event loop on a thread of its own, for callers that have none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

_PATIENCE_S = 2.0
"""How long work that was cancelled may take to tidy up before it is cancelled once more."""


class LoopThread:
    """Started by the first coroutine, ended by `close`; can be started again."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._guard:  # work that is submitted while `close` begins is in the loop before its end, or in the next
            return asyncio.run_coroutine_threadsafe(work, self._running_loop())

    def cancel_all(self) -> None:
        """Cancels what runs there and waits until it has ended."""
        self.submit(_cancel_all()).result()

    def close(self) -> None:
        """Work that is still there is cancelled, and has ended when this returns."""
        with self._guard:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(self._loop,), name=self._name, daemon=True)
            self._thread.start()
        return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Until the loop is stopped; nothing that it holds, a connection least of all, is left to the garbage collector."""
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(_cancel_all())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())  # libraries do work there
        loop.close()


async def _cancel_all() -> None:
    """Work that is ending already is given time: a second blow would hit it while it closes its connections."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        if not task.cancelling():
            task.cancel()
    while others:
        _, others = await asyncio.wait(others, timeout=_PATIENCE_S)
        for task in others:
            task.cancel()
