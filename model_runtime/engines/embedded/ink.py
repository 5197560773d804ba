"""What the pixels of a scanned page hold beside text: ruling lines, pictures, and how bold the print is.

The picture is first turned upright: a ruling line that slants by one degree is no straight run of pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_runtime.engines.embedded.rect import Rect

MIN_RULING_EM = 3.0
MAX_THICKNESS_EM = 0.5
THUMBNAIL = 8
"""Pictures are looked for in an eighth of the size."""
MIN_PICTURE = 0.015
"""Of the page's area."""
DARK = 40
"""Grey levels below the paper that count as ink."""
TEXT_MARGIN_EM = 0.3


@dataclass(frozen=True, slots=True)
class Ink:
    """Upright pixels of a page: `gray` and `binary` (255 where there is ink) have shape (height, width), dtype uint8.

    `scale` is in pixels per point.
    """

    gray: NDArray[np.uint8]
    binary: NDArray[np.uint8]
    scale: float

    @classmethod
    def of(cls, pixels: NDArray[np.uint8], slant: float, scale: float) -> Ink:
        """From an RGB page whose lines run at `slant` radians, clockwise."""
        import cv2

        gray: Any = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        if slant:
            height, width = gray.shape
            upright = cv2.getRotationMatrix2D((width / 2, height / 2), math.degrees(slant), 1.0)
            gray = cv2.warpAffine(gray, upright, (width, height), borderMode=cv2.BORDER_REPLICATE)
        binary: Any = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)
        return cls(gray, binary, scale)

    def rulings(self, em: float) -> list[Rect]:
        """Straight lines in points; `em` is the size of the text in points."""
        return [*self._strokes(em, across=True), *self._strokes(em, across=False)]

    def _strokes(self, em: float, *, across: bool) -> list[Rect]:
        import cv2

        length = max(12, round(MIN_RULING_EM * em * self.scale))
        thickness = MAX_THICKNESS_EM * em * self.scale

        def run_of(num_pixels: int) -> NDArray[np.uint8]:
            return np.ones((1, num_pixels) if across else (num_pixels, 1), np.uint8)

        strokes = cv2.morphologyEx(self.binary, cv2.MORPH_OPEN, run_of(length // 2))
        strokes = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, run_of(length // 3))
        joined = cv2.dilate(strokes, np.ones((3, 3), np.uint8))
        _, _, found, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        return [
            self._in_points(x, y, width, height)
            for x, y, width, height, _ in found[1:].tolist()
            if max(width, height) >= length and min(width, height) <= thickness + 2 and (width > height) == across
        ]

    def pictures(self, taken: Sequence[Rect], em: float) -> list[Rect]:
        """Large dark areas in points; `taken` are the places of text and tables."""
        import cv2

        paper = float(np.median(self.gray[::THUMBNAIL, ::THUMBNAIL]))
        ink = np.where(self.gray < paper - DARK, 255, 0).astype(np.uint8)
        margin = TEXT_MARGIN_EM * em
        for rect in taken:
            x0, y0, x1, y1 = (max(0, round(edge * self.scale)) for edge in _wider(rect, margin))
            ink[y0:y1, x0:x1] = 0
        height, width = ink.shape
        small = cv2.resize(ink, (max(1, width // THUMBNAIL), max(1, height // THUMBNAIL)), interpolation=cv2.INTER_AREA)
        solid = cv2.morphologyEx((small > 30).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        _, _, found, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
        return [
            self._in_points(*(edge * THUMBNAIL for edge in (x, y, w, h)))
            for x, y, w, h, area in found[1:].tolist()
            if w * h >= MIN_PICTURE * solid.size
            and area >= 0.3 * w * h
            and min(w, h) * THUMBNAIL >= 3 * em * self.scale
        ]

    def stroke_widths(self, rects: Sequence[Rect]) -> list[float]:
        """How thick the strokes of the print in each place are: its area over that of its outline, 0 without ink."""
        import cv2

        inner = cv2.erode(self.binary, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
        area, filling = self._sums(self.binary, rects), self._sums(np.asarray(inner, np.uint8), rects)
        return [whole / max(1, whole - inside) for whole, inside in zip(area, filling, strict=True)]

    def _sums(self, picture: NDArray[np.uint8], rects: Sequence[Rect]) -> list[int]:
        import cv2

        sums: Any = cv2.integral(picture)
        height, width = picture.shape
        found = []
        for rect in rects:
            x0, x1 = (min(width, max(0, round(x * self.scale))) for x in (rect.x0, rect.x1))
            y0, y1 = (min(height, max(0, round(y * self.scale))) for y in (rect.y0, rect.y1))
            found.append(int(sums[y1, x1]) - int(sums[y0, x1]) - int(sums[y1, x0]) + int(sums[y0, x0]))
        return found

    def _in_points(self, x: float, y: float, width: float, height: float) -> Rect:
        return Rect(x / self.scale, y / self.scale, (x + width) / self.scale, (y + height) / self.scale)


def _wider(rect: Rect, margin: float) -> Rect:
    return Rect(rect.x0 - margin, rect.y0 - margin, rect.x1 + margin, rect.y1 + margin)
