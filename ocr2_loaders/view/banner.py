"""A line of warning across the top of a page that is not simply good."""

from __future__ import annotations

import textwrap

from PIL import Image, ImageDraw

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.printable import one_line
from ocr2_loaders.transcription import PageStatus
from ocr2_loaders.view.font import font_for
from ocr2_loaders.view.palette import WHITE, Colour

_ALARM: Colour = (170, 20, 20)
_CAUTION: Colour = (166, 90, 0)
_CALM: Colour = (90, 90, 90)
BANNER_COLOURS = {
    PageStatus.FAILED: _ALARM,
    PageStatus.TRUNCATED: _CAUTION,
    PageStatus.LOOPED: _CAUTION,
    PageStatus.RECOVERED: _CALM,
    PageStatus.BLANK: _CALM,
}
_MOST_LINES = 4


def draw_banner(picture: Image.Image, page: PageResult) -> None:
    """Draw the page's number, status and reason across the top of `picture`, which must be RGB."""
    font = font_for(picture.width)
    padding, leading = round(font.size / 2), round(font.size * 1.3)
    num_chars = max(1, int((picture.width - 2 * padding) / font.getlength("n")))
    lines = textwrap.wrap(_words(page), num_chars, max_lines=_MOST_LINES, placeholder=" …"[:num_chars])
    draw = ImageDraw.Draw(picture)
    height = 2 * padding + leading * len(lines)
    draw.rectangle((0, 0, picture.width - 1, height - 1), fill=BANNER_COLOURS[page.status])
    for place, line in enumerate(lines):
        draw.text((padding, padding + place * leading), line, fill=WHITE, font=font)


def _words(page: PageResult) -> str:
    reason = str(page.error) if page.error else "; ".join(page.warnings)
    return one_line(f"Page {page.page_number}: {page.status}" + (f": {reason}" if reason else ""), max_chars=400)
