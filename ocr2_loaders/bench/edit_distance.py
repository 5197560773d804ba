"""Edit distance between two sequences, and its averages over a set."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class EditDistance:
    """`edits` insertions, deletions and substitutions; `length` is that of the longer side."""

    edits: int
    length: int

    @property
    def ratio(self) -> float:
        """0 for equal sequences, 1 for nothing in common; 0 for two empty ones."""
        return self.edits / self.length if self.length else 0.0


def edit_distance(ground_truth: Sequence[Hashable], prediction: Sequence[Hashable]) -> EditDistance:
    """The Levenshtein distance of two strings, or of two sequences of hashable items."""
    return EditDistance(Levenshtein.distance(ground_truth, prediction), max(len(ground_truth), len(prediction)))


def pooled_ratio(distances: Iterable[EditDistance]) -> float | None:
    """All edits over all lengths: the figure of one page, or of a whole set. None where there is nothing to compare."""
    edits = length = 0
    for distance in distances:
        edits += distance.edits
        length += distance.length
    return edits / length if length else None
