"""Distances between lines of text, as the matching compares them."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist


def relative_distance(first: str, second: str) -> float:
    """Edits over the longer length; one of the two must not be empty."""
    return Levenshtein.distance(first, second) / max(len(first), len(second))


def distance_matrix(rows: Sequence[str], columns: Sequence[str]) -> NDArray[np.float64]:
    """Relative distances, of shape (rows, columns). No line may be empty."""
    if not rows or not columns:
        return np.zeros((len(rows), len(columns)))
    edits = cdist(rows, columns, scorer=Levenshtein.distance, dtype=np.int32)
    lengths = np.maximum.outer([len(row) for row in rows], [len(column) for column in columns])
    return np.asarray(edits / lengths, dtype=np.float64)


def has_window_within(text: str, part: str, limit: float, *, inclusive: bool) -> bool:
    """Whether some stretch of `text`, as long as `part`, is within `limit` of it: edits over the length of `part`.

    A part that is longer than the text, or empty, is close to nothing.
    """
    if not part or len(part) > len(text):
        return False
    compare = operator.le if inclusive else operator.lt
    allowed = int(limit * len(part)) + 1
    while allowed >= 0 and not compare(allowed / len(part), limit):
        allowed -= 1  # the division decides, as it does in the benchmark, not the rounded product
    return _has_window(text, part, allowed)


def _has_window(text: str, part: str, allowed: int) -> bool:
    """Neighbouring windows differ by one character at each end, so by two edits: hopeless stretches are jumped over."""
    start = 0
    while start <= len(text) - len(part):
        edits = Levenshtein.distance(text[start : start + len(part)], part)
        if edits <= allowed:
            return True
        start += (edits - allowed + 1) // 2
    return False
