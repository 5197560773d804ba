"""From a PDF's coordinates to the upright page: 0..1 on both axes, top-left origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium_c

if TYPE_CHECKING:
    import pypdfium2 as pdfium

Box = tuple[float, float, float, float]
"""(x0, y0, x1, y1) on the upright page, x0 <= x1 and y0 <= y1."""

Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f) as PDF writes it: x' = a x + c y + e, y' = b x + d y + f."""

IDENTITY: Affine = (1, 0, 0, 1, 0, 0)

_UPRIGHT: dict[int, Affine] = {
    0: (1, 0, 0, -1, 0, 1),
    1: (0, 1, 1, 0, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (0, -1, -1, 0, 1, 1),
}
"""From the unit square with bottom-left origin to the upright one, by clockwise quarter turns."""


def then(first: Affine, second: Affine) -> Affine:
    """The map that applies `first` and then `second`."""
    a, b, c, d, e, f = first
    u, v, w, x, y, z = second
    return (a * u + b * w, a * v + b * x, c * u + d * w, c * v + d * x, e * u + f * w + y, e * v + f * x + z)


@dataclass(frozen=True, slots=True)
class Frame:
    """How one page lies: its visible box in PDF coordinates, and its rotation."""

    to_page: Affine
    width_pt: float
    height_pt: float

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> Frame:
        left, bottom, right, top = page.get_bbox()
        width, height = right - left, top - bottom
        to_unit = (1 / width, 0, 0, 1 / height, -left / width, -bottom / height)
        return cls(then(to_unit, _UPRIGHT[pdfium_c.FPDFPage_GetRotation(page)]), *page.get_size())

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A box of the PDF's coordinates on the upright page; not cut off at the edges."""
        a, b, c, d, e, f = self.to_page
        x0, y0 = a * left + c * bottom + e, b * left + d * bottom + f
        x1, y1 = a * right + c * top + e, b * right + d * top + f
        return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def is_level(self, along: float, up: float) -> bool:
        """Whether a baseline in that direction of the PDF's coordinates runs from left to right on the upright page."""
        a, b, c, d, _, _ = self.to_page
        x, y = (a * along + c * up) * self.width_pt, (b * along + d * up) * self.height_pt
        return x > 0 and abs(y) < 0.1 * x


def clipped(box: Box) -> Box | None:
    """The part of a box on the page, rounded to a few millionths; None where there is none."""
    x0, y0, x1, y1 = (round(min(1.0, max(0.0, value)), 6) for value in box)
    inside = box[0] < 1 and box[1] < 1 and box[2] > 0 and box[3] > 0
    return (x0, y0, x1, y1) if inside else None


def center_is_on_page(box: Box) -> bool:
    return 0 <= box[0] + box[2] <= 2 and 0 <= box[1] + box[3] <= 2


def area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
