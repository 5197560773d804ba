"""The words of a page as PDFium finds them: where each lies, and in which style it is set."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Word:
    """Characters `start` to `end` of the text page, without white space inside and in one style.

    `before` and `after` are its ends along the baseline, `baseline` its place across, in the PDF's coordinates.
    """

    start: int
    end: int
    style: Style
    before: float
    after: float
    baseline: float


def page_text(text_page: int, num_chars: int) -> str:
    """One character for each of PDFium's, so that positions in the text are PDFium's own; NUL for what has no value."""
    buffer = (ctypes.c_ushort * (num_chars + 1))()
    written = pdfium_c.FPDFText_GetText(ctypes.cast(text_page, pdfium_c.FPDF_TEXTPAGE), 0, num_chars, buffer)
    text = bytes(buffer)[: 2 * num_chars].decode("utf-16-le", "replace")
    if written != num_chars + 1 or len(text) != num_chars:  # it leaves out what has no value, and writes pairs
        codes = (fast_calls.char_code(text_page, index) for index in range(num_chars))
        text = "".join(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes)
    for mark, hyphen in _HYPHEN_MARKS.items():
        text = text.replace(mark, hyphen)
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
        for match in _WORD.finditer(self._text):
            for start, end, style in self._in_one_style(*match.span()):
                yield self._measured(start, end, style)

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

    def _in_one_style(self, start: int, end: int) -> Sequence[tuple[int, int, Style]]:
        first = fast_calls.text_object(self._text_page, start)
        if first == fast_calls.text_object(self._text_page, end - 1):
            return ((start, end, self._style(first, start)),)
        pieces: list[tuple[int, int, Style]] = []
        for index in range(start, end):
            style = self._style(fast_calls.text_object(self._text_page, index), index)
            if pieces and pieces[-1][2] is style:
                pieces[-1] = (pieces[-1][0], index + 1, style)
            else:
                pieces.append((index, index + 1, style))
        return pieces

    def _measured(self, start: int, end: int, style: Style) -> Word:
        turns = style.quarter_turns
        x, y, _, _ = self._numbers
        fast_calls.char_origin(self._text_page, start, *self._pointers[:2])
        baseline = (y.value, -x.value, -y.value, x.value)[turns]
        before, after = self._extent(start, turns)
        if end - start > 1:
            _, after = self._extent(end - 1, turns)
        return Word(start, end, style, before, after, baseline)

    def _extent(self, index: int, turns: int) -> tuple[float, float]:
        fast_calls.char_box(self._text_page, index, *self._pointers)
        left, right, bottom, top = (number.value for number in self._numbers)
        return ((left, right), (bottom, top), (-right, -left), (-top, -bottom))[turns]

    def _rect(self, index: int) -> tuple[float, ...]:
        """(left, top, right, bottom), as PDFium orders them here."""
        fast_calls.rect(self._text_page, index, *self._pointers)
        return tuple(number.value for number in self._numbers)

    def _style(self, text_object: int | None, index: int) -> Style:
        key = text_object or 0
        if key not in self._styles:
            style = self._style_of(text_object, index)
            self._styles[key] = self._same_styles.setdefault(style, style)
        return self._styles[key]

    def _style_of(self, text_object: int | None, index: int) -> Style:
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


def _is_white(page_object: int | None) -> bool:
    """Whether the object is filled in white, or in a colour that lets everything through."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not fast_calls.fill_color(page_object, *map(ctypes.pointer, (red, green, blue, alpha))):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= _NEARLY_WHITE
