"""A PDF page's own text as a transcript, for pages that no engine reads: paragraphs in the PDF's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce

from model_runtime.box import BoundingBox
from model_runtime.contract import EngineIdentity
from model_runtime.grounding import written
from model_runtime.text_layer import TextLayer, TextRun

OWN_TEXT = EngineIdentity("text layer", "1", "none")
"""Who wrote such a transcript; the version goes up when the same page would come out in another way."""

_SCAN = 0.6
"""A picture over more of the page than this is the page, unless there is text enough to be read behind it."""
_STAMP_CHARS = 120
_CLOSE = 0.9
"""Line heights between two lines of one paragraph, at most."""


def own_text(layer: TextLayer | None) -> str:
    """The text in grounded markup, one text block for each paragraph; empty where it cannot stand for the page."""
    if layer is None or layer.distrust is not None or is_stamped_scan(layer):
        return ""
    upright = (run for run in layer.runs if run.text.strip() and not run.rotated)
    return "".join(_as_block(paragraph) for paragraph in _paragraphs(upright))


def is_stamped_scan(layer: TextLayer) -> bool:
    """Whether the page is a picture, and its text a stamp on it."""
    covered = max((box.width * box.height for box in layer.pictures), default=0.0)
    return covered > _SCAN and sum(len(run.text.strip()) for run in layer.runs) <= _STAMP_CHARS


def _paragraphs(runs: Iterable[TextRun]) -> Iterator[list[TextRun]]:
    paragraph: list[TextRun] = []
    for run in runs:
        if paragraph and not (_same_line(paragraph[-1].box, run.box) or _next_line(paragraph, run)):
            yield paragraph
            paragraph = []
        paragraph.append(run)
    if paragraph:
        yield paragraph


def _same_line(left: BoundingBox, right: BoundingBox) -> bool:
    shared = min(left.y1, right.y1) - max(left.y0, right.y0)
    return shared > 0.5 * min(left.height, right.height) and right.x0 >= left.x0


def _next_line(paragraph: list[TextRun], run: TextRun) -> bool:
    """Whether the run begins a line right below the paragraph's last one, in letters of the same size."""
    last = paragraph[-1]
    gap = run.box.y0 - last.box.y1
    height = max(last.box.height, run.box.height)
    beside = min(run.box.x1, max(each.box.x1 for each in paragraph)) > max(
        run.box.x0, min(each.box.x0 for each in paragraph)
    )
    return -0.5 * height < gap < _CLOSE * height and beside and abs(run.font_size_pt - last.font_size_pt) < 0.5


def _as_block(paragraph: list[TextRun]) -> str:
    box = reduce(BoundingBox.union, (run.box for run in paragraph))
    return written("text", [box.on_grid()], " ".join(" ".join(run.text.split()) for run in paragraph))
