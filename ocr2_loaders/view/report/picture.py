"""A page's picture, small enough to stand in a file with hundreds of others."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_LONGEST_PX = 2000
_QUALITY, _EFFORT = 70, 2
"""Of lossy WebP: 60 to 130 kB for a page at 144 dpi, half of what JPEG takes; scans as PNG have seven times as much."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A compressed picture as a data URL, and its size in pixels."""

    url: str
    width: int
    height: int

    @property
    def aspect(self) -> float:
        return self.height / self.width


def picture_from(pixels: NDArray[np.uint8]) -> Picture:
    """The pixels, of shape (height, width, 3), RGB, made smaller where they are more than eyes need."""
    image = Image.fromarray(pixels)
    if max(image.size) > _LONGEST_PX:
        image.thumbnail((_LONGEST_PX, _LONGEST_PX), Image.Resampling.BOX, reducing_gap=2.0)
    webp = BytesIO()
    image.save(webp, "WEBP", quality=_QUALITY, method=_EFFORT)
    return Picture(f"data:image/webp;base64,{b64encode(webp.getvalue()).decode()}", *image.size)
