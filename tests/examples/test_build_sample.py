"""The example document is what its data says, and can be built again."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from examples.build_sample import TABLE_ROWS, Piece, printed_page, reading_order, sample, scanned

COMMITTED = Path(__file__).parents[2] / "examples" / "sample.pdf"
PRINTED_TEXT = {"title", "heading", "text", "caption", "list", "code", "header", "footer", "page_number", "formula"}


@pytest.fixture(scope="module")
def document() -> Iterator[pdfium.PdfDocument]:
    with pdfium.PdfDocument(COMMITTED) as opened:
        yield opened


def text_of(document: pdfium.PdfDocument, page_number: int) -> str:
    return without_spaces(document[page_number - 1].get_textpage().get_text_bounded())


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


def printed(page_number: int) -> list[Piece]:
    return [piece for piece in reading_order(page_number) if piece.label in PRINTED_TEXT]


def test_two_builds_are_byte_for_byte_equal():
    assert sample() == sample()


def test_the_committed_file_shows_what_a_new_build_shows(document: pdfium.PdfDocument):
    with pdfium.PdfDocument(sample()) as built:
        assert len(built) == len(document) == 3
        assert [text_of(built, number) for number in (1, 2, 3)] == [text_of(document, number) for number in (1, 2, 3)]


def test_the_committed_file_is_small():
    assert COMMITTED.stat().st_size < 400_000


@pytest.mark.parametrize("page_number", [1, 2])
def test_a_typed_page_says_every_piece_of_its_data(document: pdfium.PdfDocument, page_number: int):
    text = text_of(document, page_number)
    assert [piece for piece in printed(page_number) if without_spaces(piece.text) not in text] == []


def test_the_table_is_printed_with_the_text_of_spanning_cells_once(document: pdfium.PdfDocument):
    text = text_of(document, 1)
    assert all(cell in text for row in TABLE_ROWS for cell in row)
    assert [text.count(cell) for cell in ("Scan", "Photo", "Pixels")] == [1, 1, 1]


def test_the_scan_has_no_text_but_one_picture_over_the_whole_page(document: pdfium.PdfDocument):
    page = document[2]
    assert text_of(document, 3) == ""
    (picture,) = page.get_objects()
    assert picture.get_bounds() == pytest.approx((0, 0, *page.get_size()), abs=0.01)


def test_the_scan_is_grey_noisy_and_askew():
    pixels = np.asarray(Image.open(io.BytesIO(scanned(printed_page()))))
    assert pixels.ndim == 2
    assert 1 < pixels[:80].std() < 20, "paper without ink"
    straight = np.asarray(Image.open(io.BytesIO(scanned(printed_page(), degrees=0))))
    assert sharpness_of_lines(straight) > 1.5 * sharpness_of_lines(pixels)


def sharpness_of_lines(pixels: np.ndarray) -> float:
    """How much rows differ from their neighbours: a line of text that runs level begins and ends all at once."""
    return float(np.abs(np.diff(pixels.mean(axis=1))).mean())


def test_the_printed_page_says_what_the_scan_shows():
    with pdfium.PdfDocument(printed_page()) as sheet:
        text = text_of(sheet, 1)
    assert [piece for piece in printed(3) if without_spaces(piece.text) not in text] == []
