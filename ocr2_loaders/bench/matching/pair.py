"""A piece of the ground truth beside what the prediction has for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr2_loaders.bench.category import FORMULA
from ocr2_loaders.bench.matching.groups import Group
from ocr2_loaders.bench.matching.line import CandidateLine, GroundTruthLine


@dataclass(frozen=True, slots=True)
class Pair:
    """`ground_truth` and `prediction` as written, the `normal_…` ones as compared.

    `blocks` are indices into the page's lines, `orders` their reading orders. `partner_kind` is "" and `position`
    None where the prediction has nothing.
    """

    category: str
    blocks: tuple[int, ...]
    orders: tuple[float, ...]
    ground_truth: str
    normal_ground_truth: str
    prediction: str = ""
    normal_prediction: str = ""
    partner_kind: str = ""
    position: int | None = None

    @property
    def compared(self) -> tuple[str, str]:
        """The two sides of the edit distance: normal text, or the raw one where nothing of it is left."""
        return self.normal_ground_truth or self.ground_truth, self.normal_prediction or self.prediction


def pair_of(group: Group, ground_truth: Sequence[GroundTruthLine], candidates: Sequence[CandidateLine]) -> Pair:
    """Several blocks, or several candidates, are run together; their category is that of most, the first on ties."""
    blocks = [ground_truth[index] for index in group.blocks]
    category = Counter(block.category for block in blocks).most_common(1)[0][0]
    missed = Pair(
        category,
        group.blocks,
        tuple(block.order for block in blocks),
        _run_together([block.raw for block in blocks], is_formula=category == FORMULA),
        "".join(block.normal for block in blocks),
    )
    return _with_partners(missed, [candidates[index] for index in group.candidates])


def _with_partners(missed: Pair, partners: Sequence[CandidateLine]) -> Pair:
    """Kind and position are those of the first partner."""
    if not partners:
        return missed
    kind = partners[0].kind
    return replace(
        missed,
        prediction=_run_together([partner.raw for partner in partners], is_formula="equation" in kind),
        normal_prediction="".join(partner.normal for partner in partners),
        partner_kind=kind,
        position=partners[0].position,
    )


def _run_together(raw: Sequence[str], *, is_formula: bool) -> str:
    """Several formulas are set one below the other, so that they can still be rendered."""
    if not is_formula or len(raw) == 1:
        return "".join(raw)
    rows = " \\\\ ".join("{" + latex.strip("$").strip("\n") + "}" for latex in raw)
    return f"\\begin{{array}}{{l}} {rows} \\end{{array}}"
