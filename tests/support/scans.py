"""Pictures of a page of print, as a scanner or a renderer would deliver them."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from examples.build_sample import printed_page, scanned
from model_runtime.box import BoundingBox
from model_runtime.text_layer import TextLayer, TextRun
from ocr2_loaders.pages.page_image import PageImage

TYPESET = TextLayer(runs=(TextRun("words of its own", BoundingBox(0.1, 0.1, 0.9, 0.12), 11.0),))


@cache
def scan(clockwise_deg: float = 0.0) -> NDArray[np.uint8]:
    """A grey, noisy scan of a page of print, so far askew; shape (height, width, 3)."""
    with Image.open(io.BytesIO(scanned(printed_page(), degrees=-clockwise_deg))) as picture:
        return np.asarray(picture.convert("RGB"))


def page_of(pixels: NDArray[np.uint8], *, layer: TextLayer | None = None, dpi: float = 150.0) -> PageImage:
    """The only page of its document."""
    height, width, _ = pixels.shape
    return PageImage(0, 1, pixels, width * 72 / dpi, height * 72 / dpi, dpi, text_layer=layer)
