"""Pillow's antialiased bicubic resize of 8-bit images, in torch, wherever the pixels are.

Pillow resizes the rows first, rounds to 8 bits, then resizes the columns. Done in one step, without the rounding and
the clipping in between, the result is up to 22 levels off on elongated pages; done in two, it is within one or two,
because only the order of additions differs. From 13 on, Pillow takes the columns first for some sizes, elongated ones
mostly. The published model was trained with older ones, so here rows always come first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from jaxtyping import UInt8
    from torch import Tensor

_VALUES_AT_ONCE = 2**26
"""Floats held at a time, 256 MB: pages larger than that go through in bands."""


def resized(
    image: UInt8[Tensor, "channels height width"], height: int, width: int
) -> UInt8[Tensor, "channels {height} {width}"]:
    """The image stretched to that size; as it is where it has that size already."""
    if image.shape[2] != width:
        image = _in_bands(image, 1, image.shape[1], width)
    if image.shape[1] != height:
        image = _in_bands(image, 2, height, image.shape[2])
    return image


def _in_bands(
    image: UInt8[Tensor, "channels height width"], across: int, height: int, width: int
) -> UInt8[Tensor, "channels {height} {width}"]:
    """One direction of the resize, in bands across the other one (`across` is its dimension): they are independent."""
    num_values = image.shape[0] * max(image.shape[1], height) * max(image.shape[2], width)
    num_bands = -(-num_values // _VALUES_AT_ONCE)
    bands = [
        _stretched(band, *((band.shape[1], width) if across == 1 else (height, band.shape[2])))
        for band in image.chunk(num_bands, dim=across)
    ]
    return bands[0] if len(bands) == 1 else torch.cat(bands, dim=across)


def _stretched(
    band: UInt8[Tensor, "channels band_height band_width"], height: int, width: int
) -> UInt8[Tensor, "channels {height} {width}"]:
    values = band.unsqueeze(0).to(torch.float32, memory_format=torch.contiguous_format)  # (1, channels, rows, cols)
    stretched = functional.interpolate(values, (height, width), mode="bicubic", align_corners=False, antialias=True)
    return stretched.squeeze(0).add_(0.5).floor_().clamp_(0, 255).to(torch.uint8)
