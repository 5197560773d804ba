"""A page before its layout is known: pieces of text, ruling lines and pictures, upright and in points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from model_runtime.box import BoundingBox
from model_runtime.engines.embedded.rect import Rect


@dataclass(frozen=True, slots=True)
class Piece:
    """Text on one line in one font. `size` is the font's size in points, or what the height of the ink says of it."""

    text: str
    rect: Rect
    size: float
    bold: bool = False
    italic: bool = False
    monospaced: bool = False


@dataclass(frozen=True)
class Sheet:
    """What was found on a page of `width` by `height` points, turned upright by `slant`.

    `aside` is text that does not run from left to right; it takes no part in the layout. `slant` is the angle in
    radians, clockwise, at which the lines run on the page as it is. `scanned` says that sizes were measured from ink.
    """

    width: float
    height: float
    pieces: tuple[Piece, ...]
    rulings: tuple[Rect, ...] = ()
    pictures: tuple[Rect, ...] = ()
    aside: tuple[Piece, ...] = ()
    slant: float = 0.0
    scanned: bool = False

    @cached_property
    def body_size(self) -> float:
        """The size of most of the text: the median over its characters."""
        sizes = sorted((piece.size, len(piece.text)) for piece in self.pieces)
        half, seen = sum(count for _, count in sizes) / 2, 0
        for size, count in sizes:
            seen += count
            if seen >= half:
                return max(1.0, size)
        return 10.0

    def box_of(self, rect: Rect) -> BoundingBox:
        """Where `rect` lies on the page as it is, page-relative."""
        corners = [
            turned(point, self.slant, self.width, self.height)
            for point in ((rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1))
        ]
        xs, ys = zip(*corners, strict=True)
        return BoundingBox.clipped(
            min(xs) / self.width, min(ys) / self.height, max(xs) / self.width, max(ys) / self.height
        )


def turned(point: tuple[float, float], angle: float, width: float, height: float) -> tuple[float, float]:
    """`point` after a clockwise turn by `angle` around the middle of a page of that size."""
    if not angle:
        return point
    x, y = point[0] - width / 2, point[1] - height / 2
    cos, sin = math.cos(angle), math.sin(angle)
    return width / 2 + x * cos - y * sin, height / 2 + x * sin + y * cos


def typical(values: list[float], otherwise: float) -> float:
    """The median, or `otherwise` where there is nothing."""
    return median(values) if values else otherwise
