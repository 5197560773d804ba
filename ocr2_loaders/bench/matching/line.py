"""The two sides of the matching as lines: one for each block of the ground truth, one for each predicted piece."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocr2_loaders.bench.category import FORMULA
from ocr2_loaders.bench.ground_truth import Element
from ocr2_loaders.bench.normalisation import normal_formula, normal_text
from ocr2_loaders.bench.parsing import Candidate, CandidateKind


@dataclass(frozen=True, slots=True)
class GroundTruthLine:
    """`normal` is what is compared, and never empty."""

    raw: str
    normal: str
    category: str
    order: float


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """`normal` is what is compared, and never empty. `kind` and `position` say what it was and where."""

    raw: str
    normal: str
    kind: str
    position: int


def ground_truth_lines(elements: Sequence[Element]) -> list[GroundTruthLine]:
    """Lines without content are dropped. The benchmark then reads the orders from the list that still has them.

    So, behind a dropped line, each line bears the order of an earlier block.
    """
    contents = [(*_compared(each), each.category) for each in elements]
    kept = [content for content in contents if content[0] and content[1]]
    return [GroundTruthLine(*content, element.order) for content, element in zip(kept, elements, strict=False)]


def _compared(element: Element) -> tuple[str, str]:
    if element.category == FORMULA:
        return element.latex, normal_formula(element.latex)
    return element.text, normal_text(element.text)


def candidate_lines(candidates: Sequence[Candidate]) -> list[CandidateLine]:
    """Lines without content are dropped; kinds and positions shift as the orders of the ground truth do."""
    contents = [(each.content, _normal(each)) for each in candidates]
    kept = [content for content in contents if content[0] and content[1]]
    return [
        CandidateLine(raw, normal, candidate.partner_kind, candidate.start)
        for (raw, normal), candidate in zip(kept, candidates, strict=False)
    ]


def _normal(candidate: Candidate) -> str:
    if candidate.kind is CandidateKind.FORMULA:
        return normal_formula(candidate.content)
    return normal_text(candidate.content)


def in_matching_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """By position, all inline formulas last."""
    return sorted(candidates, key=lambda each: (each.is_inline_formula, each.start))
