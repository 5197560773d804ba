"""Which colour means which label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PIL import Image, ImageDraw, ImageFont

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.view.font import font_for
from ocr2_loaders.view.palette import BLACK, COLOURS, WHITE


def legend(blocks: Iterable[Block], width_px: int) -> Image.Image:
    """A white strip, `width_px` wide and as high as it needs to be, with the labels that occur and their colours."""
    font = font_for(width_px)
    swatch = round(font.size)
    found = {block.label for block in blocks}
    places = list(_flowing([label for label in BlockLabel if label in found], font, width_px))
    height = max((top for _, _, top in places), default=0) + 2 * swatch
    strip = Image.new("RGB", (width_px, height), WHITE)
    draw = ImageDraw.Draw(strip)
    for label, left, top in places:
        draw.rectangle((left, top, left + swatch - 1, top + swatch - 1), fill=COLOURS[label])
        draw.text((left + 1.5 * swatch, top + swatch / 2), label.value, fill=BLACK, font=font, anchor="lm")
    return strip


def _flowing(
    labels: Iterable[BlockLabel], font: ImageFont.FreeTypeFont, width_px: int
) -> Iterator[tuple[BlockLabel, int, int]]:
    """Each label with its left and top: side by side while they fit, then on the next line."""
    swatch = round(font.size)
    margin = swatch // 2
    left, top = margin, margin
    for label in labels:
        width = round(2.5 * swatch + font.getlength(label.value))
        if left > margin and left + width > width_px:
            left, top = margin, top + round(1.5 * swatch)
        yield label, left, top
        left += width
