"""The words of a page as PDFium finds them: where each lies, and in which style it is set."""

from __future__ import annotations

import ctypes
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import pypdfium2.raw as pdfium_c

from ocr2_loaders.pages.worker import fast_calls
from ocr2_loaders.pages.worker.fonts import Font, font_at

_WORD = re.compile(r"[^ \t\r\n\0]+")
_NO_INK_MODES = {pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP}
_FAKE_BOLD_MODE = pdfium_c.FPDF_TEXTRENDERMODE_FILL_STROKE
_NEARLY_WHITE = 245
_HYPHEN_MARKS = {"\ufffe": "-", "\x02": "-"}  # what PDFium writes for a hyphen at the end of a line
_PLAIN = Font(bold=False, italic=False, monospaced=False)


@dataclass(frozen=True, slots=True)
class Style:
    """What the words of a run have in common. `quarter_turns` is the direction of the baseline, counter-clockwise."""

    font: Font
    size_pt: float
    quarter_turns: int
    direction: tuple[float, float]
    visible: bool
    white: bool


class Word(NamedTuple):
    """Characters `start` to `end` of the text page, without white space inside and in one style.

    `before` and `after` are its ends along the baseline, `baseline` its place across, in the PDF's coordinates.
    `text_object` is the one that draws it. A tuple, for there are thousands on a page.
    """

    start: int
    end: int
    style: Style
    text_object: int
    before: float
    after: float
    baseline: float


def page_text(text_page: int, num_chars: int) -> str:
    """One character for each of PDFium's, so that positions in the text are PDFium's own; NUL for what has no value.

    Characters beyond 16 bits are two for PDFium, and two halves here; see `with_whole_characters`.
    """
    buffer = (ctypes.c_ushort * (num_chars + 1))()
    written = pdfium_c.FPDFText_GetText(ctypes.cast(text_page, pdfium_c.FPDF_TEXTPAGE), 0, num_chars, buffer)
    text = bytes(buffer)[: 2 * num_chars].decode("utf-16-le", "surrogatepass")
    if written != num_chars + 1 or len(text) != num_chars:  # it leaves out what has no value
        codes = (fast_calls.char_code(text_page, index) for index in range(num_chars))
        text = "".join(chr(code) if code <= sys.maxunicode else "\ufffd" for code in codes)
    for mark, hyphen in _HYPHEN_MARKS.items():
        text = text.replace(mark, hyphen)
    return text


def with_whole_characters(text: str) -> str:
    """The text with its halves of characters put together; single halves become U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Words:
    """The words of one text page, found one after the other in the PDF's own order."""

    def __init__(self, text_page: int, text: str) -> None:
        self._text_page = text_page
        self._text = text
        self._styles: dict[int, Style] = {}
        self._same_styles: dict[Style, Style] = {}
        self._fonts: dict[int, Font] = {}
        self._numbers = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.pointer(number) for number in self._numbers]

    def __iter__(self) -> Iterator[Word]:
        last: Word | None = None
        for match in _WORD.finditer(self._text):
            start, end = match.span()
            text_object = fast_calls.text_object(self._text_page, start)
            if text_object == fast_calls.text_object(self._text_page, end - 1):
                last = self._measured(start, end, text_object or 0, last)
                yield last
            else:
                yield from self._split(start, end)

    def box(self, start: int, end: int) -> tuple[float, float, float, float] | None:
        """(left, bottom, right, top) around the glyphs from `start` to `end`."""
        boxes = [self._rect(index) for index in range(fast_calls.count_rects(self._text_page, start, end - start))]
        if not boxes:
            return None
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return (min(lefts), min(bottoms), max(rights), max(tops))

    def has_map_error(self, word: Word) -> bool:
        """Whether the word's first character stands for a glyph whose meaning the PDF does not tell."""
        return bool(fast_calls.has_map_error(self._text_page, word.start) > 0)

    def _split(self, start: int, end: int) -> Iterator[Word]:
        """The parts of a word that several text objects draw."""
        objects = (fast_calls.text_object(self._text_page, index) or 0 for index in range(start, end))
        for text_object, part in groupby(objects):
            length = len(list(part))
            yield self._measured(start, start + length, text_object, None)
            start += length

    def _measured(self, start: int, end: int, text_object: int, last: Word | None) -> Word:
        """`last` is the word before, which has the same style and baseline if the same object draws it."""
        if last and last.text_object == text_object:
            style, baseline = last.style, last.baseline
        else:
            style = self._style(text_object, start)
            baseline = self._baseline(start, style.quarter_turns)
        before, after = self._extent(start, style.quarter_turns)
        if end - start > 1:
            _, after = self._extent(end - 1, style.quarter_turns)
        return Word(start, end, style, text_object, before, after, baseline)

    def _baseline(self, index: int, turns: int) -> float:
        x, y, _, _ = self._numbers
        fast_calls.char_origin(self._text_page, index, *self._pointers[:2])
        return float((y.value, -x.value, -y.value, x.value)[turns])

    def _extent(self, index: int, turns: int) -> tuple[float, float]:
        """Where a character begins and ends along the baseline."""
        fast_calls.char_box(self._text_page, index, *self._pointers)
        left, right, bottom, top = self._numbers
        if not turns:
            return left.value, right.value
        return ((bottom.value, top.value), (-right.value, -left.value), (-top.value, -bottom.value))[turns - 1]

    def _rect(self, index: int) -> tuple[float, ...]:
        """(left, top, right, bottom), as PDFium orders them here."""
        fast_calls.rect(self._text_page, index, *self._pointers)
        return tuple(number.value for number in self._numbers)

    def _style(self, text_object: int, index: int) -> Style:
        """Equal styles are one and the same object."""
        if text_object not in self._styles:
            style = self._style_of(text_object, index)
            self._styles[text_object] = self._same_styles.setdefault(style, style)
        return self._styles[text_object]

    def _style_of(self, text_object: int, index: int) -> Style:
        matrix = pdfium_c.FS_MATRIX()
        fast_calls.char_matrix(self._text_page, index, ctypes.pointer(matrix))
        size = fast_calls.font_size(self._text_page, index) * math.hypot(matrix.c, matrix.d)
        turns = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4 if matrix.a or matrix.b else 0
        mode = fast_calls.render_mode(text_object) if text_object else 0
        font = self._font(text_object) if text_object else _PLAIN
        return Style(
            font=Font(bold=True, italic=font.italic, monospaced=font.monospaced) if mode == _FAKE_BOLD_MODE else font,
            size_pt=round(size, 2) if math.isfinite(size) else 0.0,
            quarter_turns=turns,
            direction=(round(matrix.a, 3), round(matrix.b, 3)),
            visible=mode not in _NO_INK_MODES,
            white=bool(text_object) and mode == 0 and _is_white(text_object),
        )

    def _font(self, text_object: int) -> Font:
        address = fast_calls.font(text_object)
        if not address:
            return _PLAIN
        if address not in self._fonts:
            self._fonts[address] = font_at(address)
        return self._fonts[address]


def _is_white(page_object: int) -> bool:
    """Whether the object is filled in white, or in a colour that lets everything through."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not fast_calls.fill_color(page_object, *map(ctypes.pointer, (red, green, blue, alpha))):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= _NEARLY_WHITE
