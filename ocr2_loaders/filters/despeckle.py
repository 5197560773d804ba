"""Despeckle: dust and noise are taken off scanned paper, and nothing that belongs to letters."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr2_loaders.filters.typeset import is_typeset
from ocr2_loaders.pages import PageImage
from ocr2_loaders.settings import PageFilterName

GRAIN_PT = 0.5
"""As wide as a grain of noise is at most; no mark of a legible font is as small."""
DUST_PT = 1.3
"""As wide as a speck of dust is at most; full stops and the dots of letters are no wider, so dust must lie alone."""
GRAIN_REACH_PT = 1.5
"""Grains so near to other ink may be a thin part of a letter."""
DUST_REACH_PT = 8.0
"""So near to a full stop there is a letter, and to a dot of a leader there is the next one."""
_CONTRAST = 24
"""Ink is so many shades darker than the paper around it."""
_NEIGHBOURHOOD_PT = 15.0
_POINTS_PER_INCH = 72.0
_MOST_DPI = 1200.0
"""Image files may claim any resolution; what is called a speck must not grow with the claim."""


class Despeckle:
    """A `PageFilter`. Specks are told by their size on paper and by what lies around them; typeset pages stay."""

    name = PageFilterName.DESPECKLE.value

    @property
    def version(self) -> str:
        return f"1, opencv {cv2.__version__}"

    def __call__(self, page: PageImage) -> PageImage:
        if is_typeset(page):
            return page
        dpi = min(page.effective_dpi, _MOST_DPI)
        pixels = without_specks(page.pixels, dpi / _POINTS_PER_INCH)
        return page if pixels is page.pixels else replace(page, pixels=pixels)


def without_specks(pixels: NDArray[np.uint8], px_per_pt: float) -> NDArray[np.uint8]:
    """The pixels, shape (height, width, 3), with paper in the place of specks; the same array where there are none."""
    specks = _specks(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8), px_per_pt)
    if not specks.any():
        return pixels
    with_edges = cv2.dilate(specks.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    cleaned: NDArray[np.uint8] = pixels.copy()
    paper = cv2.medianBlur(pixels, _odd(3 * DUST_PT * px_per_pt))
    cleaned[with_edges] = paper[with_edges]
    return cleaned


def _specks(grey: NDArray[np.uint8], px_per_pt: float) -> NDArray[np.bool_]:
    """Where specks lie, shape (height, width)."""
    neighbourhood = _odd(_NEIGHBOURHOOD_PT * px_per_pt)
    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, neighbourhood, _CONTRAST)
    _, numbered, facts, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    marks, stats = np.asarray(numbered, np.int32), np.asarray(facts, np.int32)
    width = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    is_grain = width <= max(1.0, GRAIN_PT * px_per_pt)
    is_dust = ~is_grain & (width <= max(2.0, DUST_PT * px_per_pt))
    is_ink = ~is_grain & ~is_dust
    is_grain[0] = is_dust[0] = is_ink[0] = False  # the paper itself
    near_ink = _distance(is_ink[marks])
    grains = is_grain[marks] & (near_ink > GRAIN_REACH_PT * px_per_pt)
    dust = _alone(marks, is_dust, DUST_REACH_PT * px_per_pt) & (near_ink > DUST_REACH_PT * px_per_pt)
    return np.asarray(grains | dust)


def _distance(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Of each pixel to the nearest one in the mask, in pixels; far where there is none."""
    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3), np.float32)


def _alone(marks: NDArray[np.int32], is_dust: NDArray[np.bool_], reach_px: float) -> NDArray[np.bool_]:
    """Where a speck of dust has no other within reach. `marks` numbers what is on the paper, pixel by pixel."""
    dust = is_dust[marks]
    _, numbered = cv2.connectedComponents((_distance(dust) <= reach_px / 2).astype(np.uint8), connectivity=8)
    clouds = np.asarray(numbered, np.int32)
    members = np.unique(np.stack([clouds[dust], marks[dust]]), axis=1)
    in_company = np.bincount(members[0], minlength=clouds.max() + 1) > 1
    return np.asarray(dust & ~in_company[clouds])


def _odd(px: float) -> int:
    """The nearest odd number of pixels, at least three."""
    return max(3, 2 * round((px - 1) / 2) + 1)
