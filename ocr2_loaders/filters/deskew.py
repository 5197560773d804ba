"""Deskew: pages that were scanned a few degrees askew are levelled."""

from __future__ import annotations

from importlib.metadata import version

import cv2
import numpy as np
from jdeskew.estimator import get_angle
from numpy.typing import NDArray

from ocr2_loaders.filters.turning import turned
from ocr2_loaders.filters.typeset import is_typeset
from ocr2_loaders.pages import PageImage
from ocr2_loaders.settings import PageFilterName

MIN_SKEW_DEG = 0.3
"""Less is within the estimate's error, and no engine minds it."""
MAX_SKEW_DEG = 15.0
_LONGEST_PX = 1200
"""The angle is measured on a picture no longer than this: enough for lines of text, and quick."""
_SHARPER = 1.2
"""How much sharper the lines must become by the turn. Pictures have an angle, too, and no lines that would tell it."""


class Deskew:
    """A `PageFilter`. Pages without lines of text, and typeset ones, stay as they are.

    The angle is jdeskew's (Pham et al., "Document Image Skew Estimation using Adaptive Radial Projection", 2022); it is
    believed where the page's lines stand out more clearly after the turn.
    """

    name = PageFilterName.DESKEW.value

    @property
    def version(self) -> str:
        return f"1, jdeskew {version('jdeskew')}, opencv {cv2.__version__}"

    def __call__(self, page: PageImage) -> PageImage:
        if is_typeset(page):
            return page
        skew = skew_deg(page.pixels)
        return turned(page, -skew) if abs(skew) >= MIN_SKEW_DEG else page


def skew_deg(pixels: NDArray[np.uint8]) -> float:
    """How far the lines on the page slope, clockwise; 0 where there are none that would tell.

    `pixels` have shape (height, width, 3).
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, _LONGEST_PX / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    skew = float(get_angle(small, angle_max=MAX_SKEW_DEG))
    ink = (255 - small).astype(np.float32)
    return skew if _sharpness(ink, skew) >= _SHARPER * _sharpness(ink, 0.0) else 0.0


def _sharpness(ink: NDArray[np.float32], skew: float) -> float:
    """How suddenly ink begins and ends from row to row, once `skew` is taken out: level lines do it all at once."""
    height, width = ink.shape
    middle = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    level = cv2.warpAffine(ink, middle, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return float(np.square(np.diff(level.mean(axis=1))).sum())
