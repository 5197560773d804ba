"""The sheet of a page that was read from its pixels, turned upright by the slant of its lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from model_runtime.engines.embedded.grid import grids
from model_runtime.engines.embedded.ink import Ink
from model_runtime.engines.embedded.ocr import ReadLine
from model_runtime.engines.embedded.rect import Rect
from model_runtime.engines.embedded.sheet import Piece, Sheet, turned, typical

MAX_SLANT = math.radians(12)
"""Steeper lines are not a page askew; it is left as it is."""
MIN_LENGTH = 4.0
"""Of a line whose slant counts, relative to its height."""
FONT_SHARE = 0.72
"""The font's size relative to the height of RapidOCR's boxes, which reach beyond the ink."""
UPRIGHT_RATIO = 1.5
"""RapidOCR reads what is this much higher than wide as a line that runs downwards."""
BOLD_STROKE = 1.2
"""Relative to the strokes of the page's usual line."""


def sheet_from_scan(lines: Sequence[ReadLine], pixels: NDArray[np.uint8], width: float, height: float) -> Sheet:
    """`pixels` have shape (height_px, width_px, 3); `width` and `height` are the page's, in points."""
    scale = pixels.shape[1] / width
    corners = [line.corners / (scale, pixels.shape[0] / height) for line in lines]
    slant = slant_of(corners)
    rects = [_upright(each, slant, width, height) for each in corners]
    level = [i for i, (line, rect) in enumerate(zip(lines, rects, strict=True)) if not _runs_down(line, rect)]
    em = typical([FONT_SHARE * rects[i].height for i in level], 10.0)
    ink = Ink.of(pixels, slant, scale)
    bold = _bold(ink.stroke_widths(rects))
    pieces = [
        Piece(line.text, rect, FONT_SHARE * rect.height, black)
        for line, rect, black in zip(lines, rects, bold, strict=True)
    ]
    rulings = ink.rulings(em)
    tables = [grid.rect for grid in grids(rulings)]
    return Sheet(
        width,
        height,
        pieces=tuple(pieces[i] for i in level),
        rulings=tuple(rulings),
        pictures=tuple(ink.pictures([*rects, *tables], em)),
        aside=tuple(piece for i, piece in enumerate(pieces) if i not in set(level)),
        slant=slant,
        scanned=True,
    )


def slant_of(corners: Sequence[NDArray[np.float64]]) -> float:
    """The angle in radians, clockwise, at which most of the long lines run; 0 where it cannot be told."""
    angles = []
    for upper_left, upper_right, _, lower_left in corners:
        along, down = upper_right - upper_left, lower_left - upper_left
        if float(np.hypot(*along)) >= MIN_LENGTH * float(np.hypot(*down)):
            angles.append(math.atan2(float(along[1]), float(along[0])))
    slant = median(angles) if angles else 0.0
    return slant if abs(slant) <= MAX_SLANT else 0.0


def _upright(corners: NDArray[np.float64], slant: float, width: float, height: float) -> Rect:
    """The corners turned back; opposite sides that still differ are met in the middle."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = (turned((float(x), float(y)), -slant, width, height) for x, y in corners)
    left, right = sorted(((ax + dx) / 2, (bx + cx) / 2))
    top, bottom = sorted(((ay + by) / 2, (cy + dy) / 2))
    return Rect(left, top, right, bottom)


def _runs_down(line: ReadLine, rect: Rect) -> bool:
    return len(line.text) > 1 and rect.height >= UPRIGHT_RATIO * rect.width


def _bold(stroke_widths: Sequence[float]) -> list[bool]:
    usual = typical(list(stroke_widths), 0.0)
    return [width > BOLD_STROKE * usual for width in stroke_widths]
