"""The two frames a box is written in: the model's 0..999 grid and the page-relative 0..1 square.

Both have their origin at the top left of the upright page, x to the right, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass

GRID = 999
"""The model writes coordinates on a 0..999 grid over the page, whatever its size (upstream divides by 999 too)."""


@dataclass(frozen=True, slots=True, order=True)
class GridBox:
    """A box as the model wrote it: integers on the 0..999 grid, 0 <= x0 <= x1 <= 999 and 0 <= y0 <= y1 <= 999."""

    x0: int
    y0: int
    x1: int
    y1: int

    def __post_init__(self) -> None:
        if not (0 <= self.x0 <= self.x1 <= GRID and 0 <= self.y0 <= self.y1 <= GRID):
            raise ValueError(f"not an ordered box on the 0..{GRID} grid: {self.as_list()}")

    def as_list(self) -> list[int]:
        return [self.x0, self.y0, self.x1, self.y1]

    def on_page(self) -> BoundingBox:
        """The same box in page-relative coordinates."""
        return BoundingBox(self.x0 / GRID, self.y0 / GRID, self.x1 / GRID, self.y1 / GRID)


@dataclass(frozen=True, slots=True, order=True)
class BoundingBox:
    """A box in page-relative coordinates, 0..1 on both axes, top-left origin, x0 <= x1 and y0 <= y1."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not (0 <= self.x0 <= self.x1 <= 1 and 0 <= self.y0 <= self.y1 <= 1):
            raise ValueError(f"not an ordered box within the page: {(self.x0, self.y0, self.x1, self.y1)}")

    @classmethod
    def clipped(cls, x0: float, y0: float, x1: float, y1: float) -> BoundingBox:
        """The part inside the page of the box between two opposite corners, in any order."""
        left, right = sorted((x0, x1))
        top, bottom = sorted((y0, y1))
        return cls(_inside(left), _inside(top), _inside(right), _inside(bottom))

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def union(self, other: BoundingBox) -> BoundingBox:
        """The smallest box that holds both."""
        return BoundingBox(
            min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1)
        )

    def on_grid(self) -> GridBox:
        """The nearest box on the model's grid; the exact inverse of `GridBox.on_page`."""
        return GridBox(round(self.x0 * GRID), round(self.y0 * GRID), round(self.x1 * GRID), round(self.y1 * GRID))

    def in_pixels(self, width_px: int, height_px: int) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in pixels of an image of the page, rounded outwards, so that no ink is cut off."""
        return (
            _floor(self.x0 * width_px),
            _floor(self.y0 * height_px),
            min(width_px, _ceil(self.x1 * width_px)),
            min(height_px, _ceil(self.y1 * height_px)),
        )

    def in_points(self, width_pt: float, height_pt: float) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) in points of 1/72 inch, top-left origin, on the upright page."""
        return (self.x0 * width_pt, self.y0 * height_pt, self.x1 * width_pt, self.y1 * height_pt)


_SLACK = 1e-6
"""In pixels: float noise smaller than this must not push a box onto the next pixel."""


def _inside(value: float) -> float:
    return min(1.0, max(0.0, value))


def _floor(value: float) -> int:
    return int(value + _SLACK)


def _ceil(value: float) -> int:
    return -int(-(value - _SLACK) // 1)
