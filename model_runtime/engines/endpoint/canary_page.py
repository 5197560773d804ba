"""A page whose contents are known: what a server writes for it shows how it treats pages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from model_runtime.box import BoundingBox

WIDTH_PX, HEIGHT_PX = 1224, 1584
"""US Letter at 144 dpi."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """Words that stand in one place of the page."""

    words: str
    left: int
    top: int
    size: int
    """In pixels, as the font counts it."""

    @property
    def box(self) -> BoundingBox:
        """Where the ink is."""
        left, top, right, bottom = ImageFont.load_default(self.size).getbbox(self.words)
        return BoundingBox(
            (self.left + left) / WIDTH_PX,
            (self.top + top) / HEIGHT_PX,
            (self.left + right) / WIDTH_PX,
            (self.top + bottom) / HEIGHT_PX,
        )


LANDMARKS = (
    Landmark("Canary Report", 120, 120, 72),
    Landmark("The upper left part is about yellow birds.", 120, 420, 36),
    Landmark("Far below stands the number 7391.", 480, 1340, 36),
)


def canary_page() -> NDArray[np.uint8]:
    """Shape (HEIGHT_PX, WIDTH_PX, 3), RGB; the same pixels wherever Pillow draws with the same font."""
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), "white")
    draw = ImageDraw.Draw(image)
    for mark in LANDMARKS:
        draw.text((mark.left, mark.top), mark.words, "black", ImageFont.load_default(mark.size))
    return np.asarray(image)
