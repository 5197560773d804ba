"""What went wrong with an input of the benchmark, named in its report; the run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """What is wrong, and by that what it does to the score."""

    DAMAGED_DATASET = "damaged dataset"
    """A part of the ground truth cannot be read; what can be read is scored."""
    UNKNOWN_CATEGORY = "unknown category"
    """The block is neither matched nor scored."""
    MISSING_PREDICTION = "missing prediction"
    """The page counts in no average, as the benchmark has it."""
    UNREADABLE_PREDICTION = "unreadable prediction"
    """Scored as far as it can be read: bytes that are no UTF-8 count as wrong characters."""
    EMPTY_PREDICTION = "empty prediction"
    """The page counts; everything on it is missed."""
    LATEX_TABLE = "LaTeX tables"
    """The benchmark scores tables that are written in LaTeX as empty."""
    BROKEN_TABLE = "broken table"
    """The table scores 0."""
    SLOW_MATCHING = "matching took too long"
    """The page's blocks were assigned by distance alone, as the benchmark does after its own limit."""
    SLOW_TABLE = "table comparison took too long"
    """The table scores 0."""
    FAILED_PAGE = "page not transcribed"
    """The engine or the renderer failed; there is no prediction."""
    UNRENDERED_FORMULA = "formula cannot be rendered"
    """Its CDM is 0, as the benchmark has it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`page` is the name of the page's image, or of the file; `detail` is one line."""

    kind: ProblemKind
    page: str
    detail: str

    def __str__(self) -> str:
        return f"{self.page}: {self.kind}: {self.detail}"
