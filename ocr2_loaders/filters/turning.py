"""Turning a page about its middle, and saying so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr2_loaders.pages import PageImage

_QUARTER = 90.0
_PAPER_STEP = 8
"""Every so manieth pixel in both directions tells the colour of the paper well enough."""


def turned(page: PageImage, clockwise_deg: float) -> PageImage:
    """The page turned about its middle, with the turn on record, so that pictures drawn later lie the same way.

    Quarter turns are exact and swap the page's sides. The rest keeps the page's size: what leaves it is cut off, and
    corners that come in are given the colour of the paper. A turned page has no text layer, whose boxes would lie where
    the words were before.
    """
    if not clockwise_deg % 360:
        return page
    quarters, _ = _split(clockwise_deg)
    width_pt, height_pt = (page.height_pt, page.width_pt) if quarters % 2 else (page.width_pt, page.height_pt)
    return replace(
        page,
        pixels=turned_pixels(page.pixels, clockwise_deg),
        width_pt=width_pt,
        height_pt=height_pt,
        text_layer=None,
        turned_deg=_normalised(page.turned_deg + clockwise_deg),
    )


def turned_pixels(pixels: NDArray[np.uint8], clockwise_deg: float) -> NDArray[np.uint8]:
    """Pixels of shape (height, width, 3), turned as `turned` turns a page; the same array where there is no turn."""
    if not clockwise_deg % 360:
        return pixels
    quarters, rest_deg = _split(clockwise_deg)
    upright: NDArray[np.uint8] = np.ascontiguousarray(np.rot90(pixels, -quarters))
    if not rest_deg:
        return upright
    image = Image.fromarray(upright).rotate(-rest_deg, Image.Resampling.BICUBIC, fillcolor=_paper(upright))
    return np.asarray(image)


def _split(clockwise_deg: float) -> tuple[int, float]:
    """Quarter turns, and the rest of at most an eighth of a turn in either direction."""
    quarters = round(clockwise_deg / _QUARTER)
    return quarters, clockwise_deg - quarters * _QUARTER


def _normalised(degrees: float) -> float:
    """The same turn within -180 < … <= 180."""
    return 180.0 - (180.0 - degrees) % 360.0


def _paper(pixels: NDArray[np.uint8]) -> tuple[int, int, int]:
    """The colour in the middle of all."""
    red, green, blue = np.median(pixels[::_PAPER_STEP, ::_PAPER_STEP], axis=(0, 1))
    return round(red), round(green), round(blue)
