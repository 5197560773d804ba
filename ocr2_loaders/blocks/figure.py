"""The picture of a block, cut out of its page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr2_loaders.blocks.block import Block


def crop_of(block: Block, pixels: NDArray[np.uint8]) -> Image.Image | None:
    """A copy of the smallest part of the page that holds all of the block's boxes; None for a block without an area.

    `pixels` are the page's: shape (height, width, 3), RGB, at any resolution.
    """
    if block.bounding_box is None:
        return None
    height, width, _ = pixels.shape
    left, top, right, bottom = block.bounding_box.in_pixels(width, height)
    if left >= right or top >= bottom:
        return None
    return Image.fromarray(pixels[top:bottom, left:right].copy())
