"""Repaired copies of damaged PDFs: kept while a pool is at work, so that each is made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ocr2_loaders.sources.temporary_copy import TemporaryCopy

if TYPE_CHECKING:
    from ocr2_loaders.sources.source import Source

_MOST_COPIES = 8


class RepairedCopies:
    """The copies that were used last. One that makes room lives on while somebody holds it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._copies: OrderedDict[tuple[Path, str], TemporaryCopy] = OrderedDict()

    def copy_of(self, source: Source, write: Callable[[Path], None]) -> TemporaryCopy:
        """The repaired copy; `write` makes it where there is none yet. Raises what `write` does, and OSError."""
        key = (source.path, source.sha256)
        with self._lock:
            if key in self._copies:
                self._copies.move_to_end(key)
                return self._copies[key]
        copy = TemporaryCopy("repaired.pdf")
        try:
            write(copy.path)
        except BaseException:
            copy.remove()
            raise
        with self._lock:
            self._copies[key] = copy
            if len(self._copies) > _MOST_COPIES:
                self._copies.popitem(last=False)
        return copy

    def clear(self) -> None:
        with self._lock:
            self._copies.clear()
