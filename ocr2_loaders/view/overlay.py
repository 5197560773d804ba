"""A page's picture with its blocks drawn on it: what was found where, and in which order it is read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.transcription import PageStatus
from ocr2_loaders.view.banner import draw_banner
from ocr2_loaders.view.font import font_for
from ocr2_loaders.view.legend import legend
from ocr2_loaders.view.palette import COLOURS, legible_on

_FILL_OPACITY = 40
_OPAQUE = 255
_WIDE_PX = 1500

_PixelBox = tuple[int, int, int, int]


def overlay(page: PageResult, pixels: NDArray[np.uint8]) -> Image.Image:
    """The page with a coloured box and its place in the reading order, from 1, for each block; a legend lies beneath.

    `pixels` has shape (height, width, 3), RGB, of any size: boxes are page-relative. The page stands at the picture's
    top left in its own size. Every box of a block bears the block's number. A page whose status is not `OK` gets a
    banner with the status and the reason.
    """
    picture = Image.fromarray(pixels)
    if page.blocks:
        picture = _with_boxes(picture, page.blocks)
    if page.status is not PageStatus.OK:
        draw_banner(picture, page)
    return _stacked(picture, legend(page.blocks, picture.width)) if page.blocks else picture


def _with_boxes(picture: Image.Image, blocks: tuple[Block, ...]) -> Image.Image:
    """Boxes first and numbers last, so that no box hides a number."""
    glass = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(glass)
    line_width = _line_width(picture.width)
    for block, corners in _framed(blocks, picture.size):
        colour = COLOURS[block.label]
        draw.rectangle(corners, fill=(*colour, _FILL_OPACITY), outline=(*colour, _OPAQUE), width=line_width)
    for block, corners in _framed(blocks, picture.size):
        _draw_number(draw, block, corners, picture.size)
    return Image.alpha_composite(picture.convert("RGBA"), glass).convert("RGB")


def _framed(blocks: tuple[Block, ...], size: tuple[int, int]) -> Iterator[tuple[Block, _PixelBox]]:
    """Each box of each block as the first and last pixel, in x and y, of a frame whose line runs around its ink."""
    width, height = size
    room = _line_width(width)
    for block in blocks:
        for box in block.bounding_boxes:
            left, top, right, bottom = box.in_pixels(width, height)
            last_x, last_y = min(width, right + room) - 1, min(height, bottom + room) - 1
            yield block, (min(max(0, left - room), last_x), min(max(0, top - room), last_y), last_x, last_y)


def _line_width(width_px: int) -> int:
    return 2 if width_px < _WIDE_PX else 3


def _draw_number(draw: ImageDraw.ImageDraw, block: Block, corners: _PixelBox, size: tuple[int, int]) -> None:
    """A filled tag that hangs to the left of the box's top left corner, where it hides no text."""
    number = str(block.reading_order + 1)
    font = font_for(size[0])
    padding = max(1, round(font.size / 5))
    width, height = round(font.getlength(number)) + 2 * padding, round(font.size) + 2 * padding
    left = corners[0] - width if corners[0] >= width else corners[0]
    left, top = max(0, min(left, size[0] - width)), max(0, min(corners[1], size[1] - height))
    colour = COLOURS[block.label]
    draw.rectangle((left, top, left + width - 1, top + height - 1), fill=(*colour, _OPAQUE))
    centre = (left + width / 2, top + height / 2)
    draw.text(centre, number, fill=(*legible_on(colour), _OPAQUE), font=font, anchor="mm")


def _stacked(upper: Image.Image, lower: Image.Image) -> Image.Image:
    picture = Image.new("RGB", (upper.width, upper.height + lower.height))
    picture.paste(upper, (0, 0))
    picture.paste(lower, (0, upper.height))
    return picture
