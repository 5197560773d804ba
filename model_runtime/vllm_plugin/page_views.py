"""From whole pages, 8-bit on the device, to the encoder's views: `tiling.views_of` without Pillow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from model_runtime.deepencoder_v2 import normalised_views
from model_runtime.tiling import CROP_PX, GLOBAL_VIEW_PX, PADDING_COLOUR, CropGrid, crop_grid, global_placement
from model_runtime.vllm_plugin.resampling import resized

if TYPE_CHECKING:
    from jaxtyping import Float, UInt8
    from torch import Tensor

NUM_CHANNELS = 3


@dataclass(frozen=True, slots=True, eq=False)
class PageViews:
    """The views of several pages, each kind in one tensor, in the order of the pages."""

    global_views: Float[Tensor, "pages 3 1024 1024"]
    crops: Float[Tensor, "crops 3 768 768"]
    crops_per_page: tuple[int, ...]


def page_views(pages: Sequence[UInt8[Tensor, "height width 3"]], dtype: torch.dtype) -> PageViews:
    """All views of these pages, normalised. Sizes are known to the host, so that nothing waits for the device."""
    grids = [crop_grid(page.shape[1], page.shape[0]) for page in pages]
    counts = tuple(grid.num_crops for grid in grids)
    device = pages[0].device
    global_views = torch.empty(len(pages), NUM_CHANNELS, GLOBAL_VIEW_PX, GLOBAL_VIEW_PX, dtype=dtype, device=device)
    crops = torch.empty(sum(counts), NUM_CHANNELS, CROP_PX, CROP_PX, dtype=dtype, device=device)
    of_pages = crops.split(list(counts))
    for number, (page, grid) in enumerate(zip(pages, grids, strict=True)):
        image = page.permute(2, 0, 1)  # (3, height, width)
        global_views[number] = normalised_views(_global_view(image), dtype)[0]
        if grid.num_crops:
            of_pages[number].copy_(normalised_views(_crops(image, grid), dtype))
    return PageViews(global_views, crops, counts)


def pages_in(pixels: UInt8[Tensor, "_"], sizes: Sequence[Sequence[int]]) -> list[UInt8[Tensor, "height width 3"]]:
    """The pages whose pixels lie one after the other, given the (height, width) of each."""
    lengths = [height * width * NUM_CHANNELS for height, width in sizes]
    return [
        flat.view(height, width, NUM_CHANNELS)
        for flat, (height, width) in zip(pixels.split(lengths), sizes, strict=True)
    ]


def _global_view(image: UInt8[Tensor, "3 height width"]) -> UInt8[Tensor, "1 1024 1024 3"]:
    place = global_placement(image.shape[2], image.shape[1])
    view = torch.full(
        (GLOBAL_VIEW_PX, GLOBAL_VIEW_PX, NUM_CHANNELS), PADDING_COLOUR[0], dtype=torch.uint8, device=image.device
    )
    page = resized(image, place.height, place.width).permute(1, 2, 0)  # (height, width, 3)
    view[place.top : place.top + place.height, place.left : place.left + place.width] = page
    return view.unsqueeze(0)


def _crops(image: UInt8[Tensor, "3 height width"], grid: CropGrid) -> UInt8[Tensor, "crops 768 768 3"]:
    stretched = resized(image, grid.rows * CROP_PX, grid.cols * CROP_PX)
    cells = stretched.unflatten(2, (grid.cols, CROP_PX)).unflatten(1, (grid.rows, CROP_PX))
    # (3, down, row, across, col) -> (down, across, row, col, 3)
    return cells.permute(1, 3, 2, 4, 0).flatten(0, 1)
