"""Threads in which an engine works on pages, awaited from any event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, Generic, TypeVar

from model_runtime.engines.in_flight import closed_in_mid_run
from model_runtime.engines.outcome import FaultsTo, fail, settle

T = TypeVar("T")


class PageThreads:
    """Started by the first page, ended by `close`, started anew by the next page. Work begins in the order it came."""

    def __init__(self, engine: str, num_threads: int) -> None:
        self._engine = engine
        self._num_threads = num_threads
        self._guard = Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._under_way: set[Future[Any]] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """What the work gives. Cancelled while it waits, it is dropped; while it runs, nobody hears of its end.

        Raises: EngineUnavailable when the threads are closed meanwhile.
        """
        waiting = _Waiting(work)
        del work  # it holds a page's pixels, which are gone when the work is done or dropped
        self.begin(waiting.outcome, waiting.run)
        return await asyncio.wrap_future(waiting.outcome)

    def begin(self, outcome: Future[T], job: Callable[[], object]) -> None:
        """Has a job run that looks after the outcome; `close` gives it an error."""
        with self._guard:
            self._under_way.add(outcome)
            outcome.add_done_callback(self._under_way.discard)
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._num_threads, thread_name_prefix=f"{self._engine}-page")
            self._threads.submit(job)

    def close(self) -> None:
        """When this returns, pages under way have failed and the threads have ended."""
        with self._guard:
            threads, self._threads = self._threads, None
            for outcome in list(self._under_way):
                fail(outcome, closed_in_mid_run(self._engine))
        if threads is not None:
            threads.shutdown(cancel_futures=True)


class _Waiting(Generic[T]):
    """Work until a thread is free for it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.outcome: Future[T] = Future()
        self._work = [work]
        self.outcome.add_done_callback(lambda _: self._work.clear())

    def run(self) -> None:
        with FaultsTo([self.outcome]):
            work, self._work = self._work, []
            if work:  # it was not dropped
                settle(self.outcome, work.pop()())  # this frame holds it no longer: errors keep frames alive
