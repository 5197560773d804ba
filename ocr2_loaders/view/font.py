"""The lettering of the pictures."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from PIL import ImageFont

_SMALLEST, _LARGEST = 9, 30


@lru_cache(maxsize=8)
def font_for(width_px: int) -> ImageFont.FreeTypeFont:
    """Pillow's own scalable font, in a size that suits a picture of that width.

    Raises: ImportError when Pillow was built without FreeType; its wheels have it.
    """
    size = min(_LARGEST, max(_SMALLEST, width_px // 70))
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size))  # asked for by size it is never the bitmap font
