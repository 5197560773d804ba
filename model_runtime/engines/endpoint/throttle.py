"""How many pages one server gets at a time: as many as it takes without complaint."""

from __future__ import annotations

from collections import deque

_SHRINK = 0.7
_COOL_DOWN_S = 1.0
"""Answers to what was sent before the limit shrank say nothing of the smaller one."""
_MEMORY = 50
_CROWDED = 0.6
"""Share of the last answers. Even 36 % of failures by mere chance reach it about once in 10,000 answers."""


class Throttle:
    """A limit between 1 and `most`: grows by one page a round of good answers, shrinks by a third a second.

    It shrinks when the server says that it has too many (429), and when most of its last answers were failures
    of load (5xx, no answer in time). A smaller share is bad luck, which a smaller limit would not mend.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._last = deque[bool]([], _MEMORY)
        self._shrank_at = float("-inf")

    @property
    def limit(self) -> int:
        return int(self._limit)

    def went_well(self) -> None:
        self._last.append(True)
        self._limit = min(self._most, self._limit + 1 / self._limit)

    def was_too_much(self, now: float, *, for_sure: bool) -> None:
        """`now` in seconds of any clock that never goes back."""
        self._last.append(False)
        crowded = for_sure or self._last.count(False) > _MEMORY * _CROWDED
        if crowded and now - self._shrank_at >= _COOL_DOWN_S:
            self._shrank_at = now
            self._limit = max(1.0, self._limit * _SHRINK)
