"""Engines for tests of what stands around an engine."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Self

from model_runtime.contract import EngineIdentity, PageRequest, Transcript
from model_runtime.engines.options import EngineOptions
from tests.support.patience import patient


class WaitingEngine(AbstractContextManager["WaitingEngine"]):
    """Writes one word a page, each page only after `go` was set; says when it was started, and when it was stopped."""

    identity = EngineIdentity("waiting", "1", "none")
    reads_text_layer = False

    def __init__(self) -> None:
        self.go = threading.Event()
        self.started = threading.Event()
        self.stopped = threading.Event()
        self.num_pages = 0
        self.num_closed = 0

    @classmethod
    def from_options(cls, _options: EngineOptions) -> Self:
        """For tests that register it under a name."""
        return cls()

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        try:
            for request in requests:
                self.started.set()
                if not self.go.wait(timeout=patient(60)):
                    raise TimeoutError("nobody let the engine go")
                self.num_pages += 1
                yield Transcript(request.page_index, "word")
        finally:
            self.stopped.set()

    def close(self) -> None:
        self.num_closed += 1

    def __exit__(self, *_: object) -> None:
        self.close()
