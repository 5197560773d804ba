"""From a page image to the model's views: one global view of 1024 px and up to six crops of 768 px. Free of torch.

The rule is the official processor's, pixel for pixel. Pages larger than 768 px on a side are stretched onto the crop
grid whose aspect ratio is nearest, 2 to 6 crops in row-major order; every page is also fitted into the global view, its
aspect kept, on grey. A page costs 256 visual tokens for the global view, 144 for each crop and one for the separator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from model_runtime.errors import PageRejected

GLOBAL_VIEW_PX = 1024
CROP_PX = 768
MIN_CROPS = 2
"""One crop would be the global view again; the official processor starts at two."""
MAX_CROPS = 6

GLOBAL_VIEW_TOKENS = 256
CROP_TOKENS = 144
SEPARATOR_TOKENS = 1

PADDING_COLOUR = (127, 127, 127)
MEAN = 0.5
STD = 0.5


@dataclass(frozen=True, slots=True)
class CropGrid:
    """How a page is cut: `cols` x `rows` crops, row by row from the top left. 0 x 0 means that it is not."""

    cols: int
    rows: int

    @property
    def num_crops(self) -> int:
        return self.cols * self.rows

    @property
    def aspect_ratio(self) -> float:
        return self.cols / self.rows


NO_CROPS = CropGrid(0, 0)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the page lies within the global view, in pixels from the view's top left; the rest is padding."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What the encoder sees of one page, as 8-bit RGB.

    `global_view` has shape (1024, 1024, 3), `crops` (grid.num_crops, 768, 768, 3), crops in row-major order.
    """

    global_view: NDArray[np.uint8]
    crops: NDArray[np.uint8]
    grid: CropGrid
    placement: Placement

    @property
    def num_visual_tokens(self) -> int:
        return _num_visual_tokens(self.grid)


def views_of(image: Image.Image, max_crops: int = MAX_CROPS) -> Views:
    """The views of a page: upright by its EXIF tag, transparency on white.

    Raises `PageRejected` for a page that has no pixels, is too thin for the global view, or holds no 8-bit colours.
    """
    page = _upright_rgb(image)
    grid = crop_grid(*page.size, max_crops)
    placement = global_placement(*page.size)
    return Views(_global_view(page), _crops(page, grid), grid, placement)


def num_visual_tokens(width_px: int, height_px: int, max_crops: int = MAX_CROPS) -> int:
    """How many visual tokens, the separator included, a page of this size becomes."""
    global_placement(width_px, height_px)
    return _num_visual_tokens(crop_grid(width_px, height_px, max_crops))


def crop_grid(width_px: int, height_px: int, max_crops: int = MAX_CROPS) -> CropGrid:
    """The grid of 2 to `max_crops` crops whose aspect ratio is nearest to the page's; none for pages within 768 px.

    Of two grids equally near, the one with more crops wins where the page fills more than half of it.
    """
    if not 0 <= max_crops <= MAX_CROPS:
        raise ValueError(f"max_crops must lie between 0 and {MAX_CROPS}, not {max_crops}")
    _check_size(width_px, height_px)
    if max(width_px, height_px) <= CROP_PX:
        return NO_CROPS
    best, best_distance = NO_CROPS, float("inf")
    for grid in _grids(max_crops):
        distance = abs(width_px / height_px - grid.aspect_ratio)
        fills_half = width_px * height_px > 0.5 * CROP_PX * CROP_PX * grid.num_crops
        if distance < best_distance or (distance == best_distance and fills_half):
            best, best_distance = grid, distance
    return best


def global_placement(width_px: int, height_px: int) -> Placement:
    """Where Pillow's `ImageOps.pad`, which the official processor calls, puts a page of this size.

    Offsets are rounded half to even, not down: Transformers' own processor is one pixel off for a quarter of all sizes.
    """
    _check_size(width_px, height_px)
    width = height = GLOBAL_VIEW_PX
    if width_px > height_px:
        height = round(height_px / width_px * GLOBAL_VIEW_PX)
    elif height_px > width_px:
        width = round(width_px / height_px * GLOBAL_VIEW_PX)
    if min(width, height) == 0:
        raise PageRejected(
            f"a page of {width_px} x {height_px} px is thinner than one pixel of the {GLOBAL_VIEW_PX} px global view",
            hint="cut it into parts that are less elongated",
        )
    return Placement(round((GLOBAL_VIEW_PX - width) * 0.5), round((GLOBAL_VIEW_PX - height) * 0.5), width, height)


def normalised(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """8-bit views (…, height, width, 3) as the encoder's input (…, 3, height, width), every value in -1..1."""
    return np.ascontiguousarray(_NORMALISED[np.moveaxis(pixels, -1, -3)])


_NORMALISED = (np.arange(256, dtype=np.float32) / np.float32(255) - np.float32(MEAN)) / np.float32(STD)
"""The normalised value of each of the 256 levels, in the official order of operations."""


def _grids(max_crops: int) -> list[CropGrid]:
    sides = range(1, max_crops + 1)
    grids = [CropGrid(cols, rows) for cols in sides for rows in sides if MIN_CROPS <= cols * rows <= max_crops]
    return sorted(grids, key=lambda grid: grid.num_crops)


def _num_visual_tokens(grid: CropGrid) -> int:
    return GLOBAL_VIEW_TOKENS + CROP_TOKENS * grid.num_crops + SEPARATOR_TOKENS


def _check_size(width_px: int, height_px: int) -> None:
    if width_px < 1 or height_px < 1:
        raise PageRejected(f"a page of {width_px} x {height_px} px has no pixels")


def _upright_rgb(image: Image.Image) -> Image.Image:
    if image.mode[0] in "IF":
        raise PageRejected(
            f"pixels of mode {image.mode!r} have no 8-bit colours", hint="convert the image to RGB first"
        )
    _check_size(*image.size)
    upright = ImageOps.exif_transpose(image)
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    layer = upright.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _global_view(page: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(ImageOps.pad(page, (GLOBAL_VIEW_PX, GLOBAL_VIEW_PX), color=PADDING_COLOUR))


def _crops(page: Image.Image, grid: CropGrid) -> NDArray[np.uint8]:
    if grid == NO_CROPS:
        return np.empty((0, CROP_PX, CROP_PX, 3), dtype=np.uint8)
    stretched = np.asarray(page.resize((grid.cols * CROP_PX, grid.rows * CROP_PX), Image.Resampling.BICUBIC))
    cells = stretched.reshape(grid.rows, CROP_PX, grid.cols, CROP_PX, 3).swapaxes(1, 2)
    return np.ascontiguousarray(cells).reshape(grid.num_crops, CROP_PX, CROP_PX, 3)
