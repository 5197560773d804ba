"""A piece of a predicted page: a paragraph, a formula or a table, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CandidateKind(StrEnum):
    """What a piece is. The values are the benchmark's own words."""

    TEXT = "text_all"
    FORMULA = "equation_isolated"
    HTML_TABLE = "html_table"
    LATEX_TABLE = "latex_table"


class CandidateOrigin(StrEnum):
    """How a piece was written, where the benchmark keeps that apart from its kind."""

    PARAGRAPH = "text_block"
    CODE = "code"
    INLINE_FORMULA = "equation_inline"
    PIPE_TABLE = "md2html_table"


@dataclass(frozen=True, slots=True)
class Candidate:
    """`start` is an offset into the prediction.

    The offsets of paragraphs leave out the separators before them, so they lag behind those of formulas and tables.
    """

    kind: CandidateKind
    start: int
    content: str
    origin: CandidateOrigin | None = None

    @property
    def partner_kind(self) -> str:
        """The word by which a pair remembers what kind of piece it was matched with."""
        return self.origin or self.kind

    @property
    def is_inline_formula(self) -> bool:
        return self.origin is CandidateOrigin.INLINE_FORMULA
