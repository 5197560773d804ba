"""Whatever callers hand to vLLM as an image, as 8-bit RGB."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image


def rgb_pixels(image: object) -> NDArray[np.uint8]:
    """The image as an array (height, width, 3) that may be written to, because tensors over it must be.

    Arrays and tensors of that kind pass through without a copy.

    Raises: ValueError for anything else than a picture of Pillow's or 8-bit RGB with the channels last.
    """
    if isinstance(image, Image.Image):
        return np.array(image.convert("RGB"))
    array = image.numpy() if isinstance(image, torch.Tensor) else image
    if isinstance(array, np.ndarray) and array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3:
        return cast("NDArray[np.uint8]", np.require(array, requirements=("C", "W")))
    described = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(image).__name__
    raise ValueError(f"a page is an image of Pillow's or 8-bit RGB of shape (height, width, 3), not {described}")
