"""What a PDF page says of itself, as rows of plain values for the parent: text runs, ruling lines and pictures."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium_c

from ocr2_loaders.pages.worker.canvas import is_one_color_within
from ocr2_loaders.pages.worker.drawing import Drawing, drawing_of
from ocr2_loaders.pages.worker.fast_calls import handle
from ocr2_loaders.pages.worker.frame import Box, Frame, area, center_is_on_page, clipped
from ocr2_loaders.pages.worker.words import Word, Words, page_text, with_whole_characters

if TYPE_CHECKING:
    import pypdfium2 as pdfium

    from ocr2_loaders.pages.messages import Message

Pixels = tuple["ctypes.Array[ctypes.c_ubyte]", int, int]
"""The page as drawn: (buffer, width, height)."""

_MAX_CHARS = 200_000
_MAX_GAP_EM = 1.5
"""Words further apart stand in different columns or cells, and are different runs."""
_MAX_OVERLAP_EM = 0.6
_MAX_BASELINE_SHIFT_EM = 0.2
_NO_MEANING = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_MAX_SHARE_WITHOUT_MEANING = 0.1
_SAMPLED_WORDS = 3
_SCAN_PICTURE_SHARE = 0.7
_CAPTION_TEXT_SHARE = 0.05


def text_layer(page: pdfium.PdfPage, pixels: Pixels, *, has_ink: bool) -> Message:
    """The fields of `model_runtime.text_layer.TextLayer`."""
    frame = Frame.of(page)
    drawing = drawing_of(handle(page), pdfium_c.FPDFPage_CountObjects(page), frame)
    text_page = pdfium_c.FPDFText_LoadPage(page)
    if not text_page:
        return _message(_Found(distrust="the text cannot be read"), drawing)
    try:
        found = _found(handle(text_page), pdfium_c.FPDFText_CountChars(text_page), frame, pixels)
    finally:
        pdfium_c.FPDFText_ClosePage(text_page)
    found.distrust = found.distrust or _distrust(found, drawing, has_ink=has_ink)
    return _message(found, drawing)


@dataclass(slots=True)
class _Found:
    """Text runs as rows, and what counts for or against them."""

    runs: list[list[object]] = field(default_factory=list)
    covered: float = 0.0
    """The share of the page that the runs cover."""
    num_chars: int = 0
    num_unseen: int = 0
    num_without_meaning: int = 0
    distrust: str | None = None


def _message(found: _Found, drawing: Drawing) -> Message:
    pictures, rulings = drawing.pictures, drawing.rulings
    return {"runs": found.runs, "rulings": rulings, "pictures": pictures, "distrust": found.distrust}


def _found(text_page: int, num_chars: int, frame: Frame, pixels: Pixels) -> _Found:
    found = _Found()
    if num_chars <= 0:
        return found
    if num_chars > _MAX_CHARS:
        found.distrust = f"{num_chars} characters on one page"
        return found
    text = page_text(text_page, num_chars)
    words = Words(text_page, text)
    for run in _runs(words, text):
        _add_run(found, run, words, text, frame, pixels)
    return found


def _runs(words: Words, text: str) -> Iterator[list[Word]]:
    run: list[Word] = []
    for word in words:
        if run and not _continues(run[-1], word, text):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _continues(last: Word, word: Word, text: str) -> bool:
    """Whether a word stands on the same line as the last one, near to it and in the same style."""
    size = word.style.size_pt or 1
    return (
        word.style is last.style
        and -_MAX_OVERLAP_EM * size <= word.before - last.after <= _MAX_GAP_EM * size
        and abs(word.baseline - last.baseline) <= _MAX_BASELINE_SHIFT_EM * size
        and "\n" not in text[last.end : word.start]
    )


def _add_run(found: _Found, run: list[Word], words: Words, text: str, frame: Frame, pixels: Pixels) -> None:
    start, end, style = run[0].start, run[-1].end, run[0].style
    characters = with_whole_characters(text[start:end])
    found.num_chars += end - start
    bounds = words.box(start, end)
    box = frame.box(*bounds) if bounds else None
    visible_box = clipped(box) if box and style.visible and center_is_on_page(box) else None
    if not visible_box or (style.white and _shows_nothing(visible_box, pixels)):
        found.num_unseen += end - start
        return
    found.num_without_meaning += _num_without_meaning(run, words, characters)
    found.covered += area(visible_box)
    if text[end : end + 1] == " ":
        characters += " "  # so that what follows on the line, in another style, is not glued on
    font = style.font
    flags = [font.bold, font.italic, font.monospaced, not frame.is_level(*style.direction)]
    found.runs.append([characters.replace("\0", "\ufffd"), *visible_box, style.size_pt, *flags])


def _num_without_meaning(run: list[Word], words: Words, characters: str) -> int:
    """Judged by a few words of the run, which is in one font, and by the characters themselves."""
    sample = run[:: max(1, len(run) // _SAMPLED_WORDS)]
    unmapped = sum(map(words.has_map_error, sample)) * len(characters) // len(sample)
    return max(unmapped, len(_NO_MEANING.findall(characters)))


def _shows_nothing(box: Box, pixels: Pixels) -> bool:
    buffer, width, height = pixels
    area_px = (int(box[0] * width), int(box[1] * height), int(box[2] * width), int(box[3] * height))
    return is_one_color_within(buffer, width, area_px)


def _distrust(found: _Found, drawing: Drawing, *, has_ink: bool) -> str | None:
    """Why the text should not stand for the page; None where it may, and where there is no text at all."""
    num_seen = found.num_chars - found.num_unseen
    if found.num_chars and not num_seen:
        return "invisible text only"
    if not num_seen:
        return None
    if not has_ink:
        return "text where the page shows none"
    if found.num_without_meaning > _MAX_SHARE_WITHOUT_MEANING * num_seen:
        return f"{found.num_without_meaning / num_seen:.0%} of the characters have no Unicode value"
    picture_share = min(1.0, sum(map(area, drawing.pictures)))
    if picture_share >= _SCAN_PICTURE_SHARE and found.covered < _CAPTION_TEXT_SHARE:
        return f"a picture covers {picture_share:.0%} of the page, and text only {found.covered:.1%}"
    return None
