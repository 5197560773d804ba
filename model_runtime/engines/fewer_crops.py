"""Pictures for engines that cannot say how a page is cut: made so small that the model cuts them less."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_runtime.contract import PageRequest
from model_runtime.tiling import CROP_PX, crop_grid


def pixels_to_send(request: PageRequest) -> NDArray[np.uint8]:
    """The page's pixels, or where they would make too many crops, a smaller picture that makes none.

    How many crops a larger picture makes follows from its shape alone, so that there is nothing between.
    """
    height, width, _ = request.pixels.shape
    if request.max_crops is None or crop_grid(width, height).num_crops <= request.max_crops:
        return request.pixels
    picture = Image.fromarray(request.pixels)
    picture.thumbnail((CROP_PX, CROP_PX), Image.Resampling.LANCZOS)
    return np.asarray(picture)
