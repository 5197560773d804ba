"""One thread for what would block an event loop, one thing after the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Ended(Exception):
    """A call in a thread raised what is meant to end the program, and would end the event loop of whoever waits."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__(repr(reason))
        self.reason = reason


class SerialThread:
    """Started by the first call, ended by `close`. A program may end while it is at work."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the call returns or raises. Cancelled before its turn, it is not made; under way, it is not waited for.

        Raises: CancelledError as well when the thread is closed meanwhile.
        """
        return await asyncio.wrap_future(self.submit(call, *args, **kwargs))

    def submit(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The same, to be waited for by a thread."""
        result: Future[T] = Future()
        if self._is_closed:
            result.cancel()
            return result
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

        def make() -> None:
            if not result.set_running_or_notify_cancel():
                return
            try:
                result.set_result(call(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - handed on to whoever waits, whatever it is
                result.set_exception(error)
            except BaseException as error:  # noqa: BLE001 - the same, in a form that an event loop lets pass
                result.set_exception(Ended(error))

        self._calls.put(make)
        return result

    def close(self, patience_s: float | None = None) -> None:
        """What waits for its turn is not made; what is under way is waited for, no longer than that."""
        self._is_closed = True
        self._calls.put(None)
        if self._thread is not None:
            self._thread.join(patience_s)

    def _work(self) -> None:
        while call := self._calls.get():
            if self._is_closed:
                continue
            call()
            del call  # and all that it refers to, pixels for instance
