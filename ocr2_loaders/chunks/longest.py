"""The most of something that fits, found with few tries."""

from __future__ import annotations

from collections.abc import Callable

_NEAR_ENOUGH = 64
"""The search ends when at most a share of one in so many is left to be won."""


def longest(length: int, guess: int, fits: Callable[[int], bool]) -> int:
    """A size that fits, 0..length and about as large as can be; `fits` holds for it, unless it is 0.

    Tries grow from `guess`, so that little more than what fits is ever looked at.
    """
    low, high = 0, length + 1
    size = max(1, min(length, guess))
    while high - low > 1 + low // _NEAR_ENOUGH:
        if fits(size):
            low = size
        else:
            high = size
        size = min(length, low + max(1, low // 4)) if high > length else (low + high) // 2
    return low
