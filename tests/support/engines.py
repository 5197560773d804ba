"""Engines for tests of what stands around an engine."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AbstractContextManager
from typing import Self

from model_runtime.contract import EngineIdentity, PageRequest, Tell, Transcript
from model_runtime.engines.options import EngineOptions
from model_runtime.errors import EngineUnavailable
from tests.support.patience import patient


class WaitingEngine(AbstractContextManager["WaitingEngine"]):
    """Writes one word a page, each page only after `go` was set; says when a page was begun, and when one was stopped.
    The first `num_free` pages need not wait.

    Threads may wait for `started` and `stopped`, and set `go`; the event loop of a page that waits runs on.
    """

    identity = EngineIdentity("waiting", "1", "none")
    reads_text_layer = False
    reads_again = True
    capacity = 1

    def __init__(self, num_free: int = 0) -> None:
        self._num_free = num_free
        self.go = threading.Event()
        self.started = threading.Event()
        self.stopped = threading.Event()
        self.num_begun = 0
        self.num_pages = 0
        self.num_stopped = 0
        self.num_closed = 0

    @classmethod
    def from_options(cls, _options: EngineOptions) -> Self:
        """For tests that register it under a name."""
        return cls()

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        self.num_begun += 1
        self.started.set()
        try:
            await self._told_to_go()
        except BaseException:
            self.num_stopped += 1
            self.stopped.set()
            raise
        self.num_pages += 1
        return Transcript(request.page_index, "word")

    def close(self) -> None:
        self.num_closed += 1

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _told_to_go(self) -> None:
        """Raises: TimeoutError where nobody says so, EngineUnavailable where the engine is closed meanwhile."""
        num_closed = self.num_closed
        if self.go.is_set() or self.num_pages < self._num_free:
            return
        async with asyncio.timeout(patient(60)):
            while not self.go.is_set():
                if self.num_closed > num_closed:
                    raise EngineUnavailable("the waiting engine was closed while pages were in flight")
                await asyncio.sleep(0.002)  # a flag that any thread may set can only be looked at
