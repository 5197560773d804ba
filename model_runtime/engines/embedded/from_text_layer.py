"""The sheet of a page that says itself what stands on it."""

from __future__ import annotations

from collections.abc import Sequence

from model_runtime.box import BoundingBox
from model_runtime.engines.embedded.rect import Rect
from model_runtime.engines.embedded.sheet import Piece, Sheet
from model_runtime.text_layer import TextLayer, TextRun

MIN_PICTURE_PT = 20.0
"""Smaller pictures are ornaments, bullets and letters that were drawn."""
BACKGROUND = 0.6
"""A picture over more of the page than this, with text on it, is paper."""
MAX_RUNS = 20_000
"""A page in more pieces is a drawing of letters; its pixels are read, which takes a bounded time."""
MAX_PICTURES = 200
"""The largest; the rest are parts of a drawing."""
STAMP_CHARACTERS = 120
"""A picture over most of the page with less text than this beside it is a scan with a stamp on it."""


def stands_for_page(layer: TextLayer | None) -> bool:
    """Whether the text layer can be read in place of the pixels."""
    if layer is None or layer.distrust is not None or len(layer.runs) > MAX_RUNS:
        return False
    num_characters = sum(len(run.text.strip()) for run in layer.runs)
    covered = max((box.width * box.height for box in layer.pictures), default=0.0)
    return num_characters > (STAMP_CHARACTERS if covered > BACKGROUND else 0)


def sheet_from_text_layer(layer: TextLayer, width: float, height: float) -> Sheet:
    """`width` and `height` are the page's, in points."""

    def in_points(box: BoundingBox) -> Rect:
        return Rect(box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height)

    def piece(run: TextRun) -> Piece:
        return Piece(run.text, in_points(run.box), run.font_size_pt, run.bold, run.italic, run.monospaced)

    written = [run for run in layer.runs if run.text.strip()]
    pieces = tuple(piece(run) for run in written if not run.rotated)
    return Sheet(
        width,
        height,
        pieces,
        rulings=tuple(in_points(ruling.box) for ruling in layer.rulings),
        pictures=_pictures([in_points(box) for box in layer.pictures], pieces, width * height),
        aside=tuple(piece(run) for run in written if run.rotated),
    )


def _pictures(rects: Sequence[Rect], pieces: Sequence[Piece], page_area: float) -> tuple[Rect, ...]:
    """Pictures worth a block: neither ornaments nor backgrounds nor parts of another one."""
    kept: list[Rect] = []
    for rect in sorted(rects, key=lambda each: -each.area)[:MAX_PICTURES]:
        is_ornament = min(rect.width, rect.height) < MIN_PICTURE_PT
        is_background = rect.area > BACKGROUND * page_area and any(rect.holds(each.rect.center) for each in pieces)
        if not (is_ornament or is_background) and all(rect.overlap(other) < 0.5 * rect.area for other in kept):
            kept.append(rect)
    return tuple(kept)
