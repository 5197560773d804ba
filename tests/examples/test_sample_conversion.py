"""The example document, converted by the engine that needs no model, is what was written into it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path

import pytest

import ocr2_loaders
from examples.build_sample import TABLE_ROWS, reading_order
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.transcription import PageStatus

SAMPLE = Path(__file__).parents[2] / "examples" / "sample.pdf"
NOT_TYPED_AS_IT_STANDS = {"formula", "table", "figure"}


@pytest.fixture(scope="module")
def pages() -> list[PageResult]:
    pytest.importorskip("rapidocr")
    return list(ocr2_loaders.load(SAMPLE, engine="embedded"))


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


def written(page_number: int) -> list[str]:
    return [
        without_spaces(each.text) for each in reading_order(page_number) if each.label not in NOT_TYPED_AS_IT_STANDS
    ]


def test_every_page_is_good(pages: list[PageResult]):
    assert [(page.page_number, page.status) for page in pages] == [(number, PageStatus.OK) for number in (1, 2, 3)]


def test_the_two_column_page_is_read_block_for_block_in_the_order_it_was_written(pages: list[PageResult]):
    expected = written(1)
    read = [without_spaces(block.text) for block in pages[0].blocks]
    assert [text for text in read if text in expected] == expected


def test_the_labels_of_the_two_column_page_are_those_it_was_written_with(pages: list[PageResult]):
    found = {without_spaces(block.text): block.label.value for block in pages[0].blocks}
    expected = {
        without_spaces(each.text): each.label for each in reading_order(1) if each.label not in NOT_TYPED_AS_IT_STANDS
    }
    assert {text: label for text, label in found.items() if text in expected} == expected


def test_the_table_comes_out_with_its_cells_and_spans(pages: list[PageResult]):
    (table,) = [block.table for block in pages[0].blocks if block.table]
    assert table.rows == TABLE_ROWS
    assert table.html.count('rowspan="') == 2
    assert table.html.count('colspan="2"') == 1


def test_the_figure_stands_in_front_of_its_caption(pages: list[PageResult]):
    labels = [block.label for block in pages[0].blocks]
    place = labels.index(BlockLabel.FIGURE)
    assert pages[0].blocks[place + 1].text.startswith("Figure 1.")


def test_the_second_page_is_read_in_the_order_it_was_written(pages: list[PageResult]):
    unread = without_spaces(pages[1].text)
    for text in written(2):
        assert text in unread
        unread = unread.partition(text)[2]


def test_the_scanned_page_is_read_almost_letter_by_letter(pages: list[PageResult]):
    expected = without_spaces("".join(piece.text for piece in reading_order(3)))
    likeness = SequenceMatcher(None, expected, without_spaces(pages[2].text), autojunk=False).ratio()
    assert likeness > 0.98
