"""An upright rectangle in points, top-left origin: what the layout calculates with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Rect(NamedTuple):
    """x0 <= x1, y0 <= y1. No `BoundingBox`: a page makes thousands of them, and some reach beyond its edge."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds(self, point: tuple[float, float]) -> bool:
        return self.x0 <= point[0] <= self.x1 and self.y0 <= point[1] <= self.y1

    def shares_height(self, other: Rect) -> float:
        """How much of the lower of the two stands beside the other one, 0..1."""
        shared = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, shared) / max(1e-6, min(self.height, other.height))

    def shares_width(self, other: Rect) -> float:
        """How much of the narrower of the two stands above or below the other one, 0..1."""
        shared = min(self.x1, other.x1) - max(self.x0, other.x0)
        return max(0.0, shared) / max(1e-6, min(self.width, other.width))

    def overlap(self, other: Rect) -> float:
        """The area that lies in both."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0


def around(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle that holds them all; there must be one at least."""
    lefts, tops, rights, bottoms = zip(*rects, strict=True)
    return Rect(min(lefts), min(tops), max(rights), max(bottoms))
