"""Loaded OCR readers, each lent to one page at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from model_runtime.engines.embedded.ocr import OcrReader, rapidocr_class
from model_runtime.engines.embedded.settings import EmbeddedSettings

_ONE_MOMENT_S = 0.25
"""How long a page may be alone before a reader is loaded that takes every core for it.

The second page of a file comes well within it. Loading that reader takes longer, and so does the import of RapidOCR,
which goes on meanwhile.
"""


class ReaderPool:
    """Readers are loaded when one is asked for and none is idle, and kept for the next page.

    A page that is the only one under way gets a reader with `num_threads_alone` threads, any other one `num_threads`.
    """

    def __init__(self, settings: EmbeddedSettings) -> None:
        self._settings = settings
        self._idle: dict[int, list[OcrReader]] = {}
        self._num_pages = 0
        self._begun_at = 0.0
        self._change = threading.Condition()

    @contextmanager
    def page_under_way(self) -> Iterator[None]:
        """Whoever reads a page is inside from its coming, not only while it has a reader."""
        with self._change:
            self._num_pages += 1
            self._begun_at = time.monotonic()
            self._change.notify_all()
        try:
            yield
        finally:
            with self._change:
                self._num_pages -= 1

    @contextmanager
    def reader(self) -> Iterator[OcrReader]:
        """A reader for this page alone. Raises: EngineUnavailable when RapidOCR or its models are missing."""
        num_threads = self._num_threads()
        with self._change:
            idle = self._idle.setdefault(num_threads, [])
            taken = idle.pop() if idle else None
        lent = taken or OcrReader(num_threads, self._settings.min_score)
        try:
            yield lent
        finally:
            with self._change:
                idle.append(lent)

    def clear(self) -> None:
        """Lets go of all idle readers and the memory of their models."""
        with self._change:
            for idle in self._idle.values():
                idle.clear()

    def _num_threads(self) -> int:
        """Where a reader for a page alone is idle it is taken at once; to load one, others must fail to come."""
        beside, alone = self._settings.num_threads, self._settings.num_threads_alone
        if beside == alone:
            return beside
        if not self._idle.get(alone):
            rapidocr_class()
        with self._change:
            if not self._idle.get(alone):
                others_may_come_s = self._begun_at + _ONE_MOMENT_S - time.monotonic()
                self._change.wait_for(lambda: self._num_pages > 1, timeout=max(0.0, others_may_come_s))
            return beside if self._num_pages > 1 else alone
