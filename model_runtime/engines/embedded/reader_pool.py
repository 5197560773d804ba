"""Loaded OCR readers, each lent to one page at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from model_runtime.engines.embedded.ocr import OcrReader


class ReaderPool:
    """Readers are loaded when one is asked for and none is idle, and kept for the next page."""

    def __init__(self, min_score: float) -> None:
        self._min_score = min_score
        self._idle: dict[int, list[OcrReader]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def reader(self, num_threads: int) -> Iterator[OcrReader]:
        """A reader that works with so many threads, for this page alone.

        Raises: EngineUnavailable when RapidOCR or its models are missing.
        """
        with self._lock:
            idle = self._idle.setdefault(num_threads, [])
            taken = idle.pop() if idle else None
        lent = taken or OcrReader(num_threads, self._min_score)
        try:
            yield lent
        finally:
            with self._lock:
                idle.append(lent)

    def clear(self) -> None:
        """Lets go of all idle readers and the memory of their models."""
        with self._lock:
            for idle in self._idle.values():
                idle.clear()
