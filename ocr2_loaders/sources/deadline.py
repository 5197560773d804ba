"""The time that is left for one source as a whole."""

from __future__ import annotations

from time import monotonic

from ocr2_loaders.errors import SourceTimeout


class Deadline:
    """A limit on the sum of all waiting, so that no number of small delays goes past it."""

    def __init__(self, name: str, timeout_s: float) -> None:
        self._name = name
        self._timeout_s = timeout_s
        self._end = monotonic() + timeout_s

    def remaining_s(self) -> float:
        """Seconds left, more than zero; raises `SourceTimeout` where none are."""
        remaining = self._end - monotonic()
        if remaining <= 0:
            raise self.passed()
        return remaining

    def passed(self) -> SourceTimeout:
        return SourceTimeout(
            f"{self._name} was not read within {self._timeout_s:g} s", hint="raise timeout_s or try again later"
        )
