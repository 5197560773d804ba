from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.export.listing import listing
from ocr2_loaders.transcription import PageStatus
from tests.support.results import block, page_result


def test_each_block_is_one_line_of_aligned_columns():
    page = page_result(
        block((87, 62, 912, 98), label=BlockLabel.TITLE, text="From ink\nto words"),
        block((87, 120, 480, 300), (520, 120, 912, 300), text="A page"),
        block(label=BlockLabel.PAGE_NUMBER, text="1"),
    )
    assert listing(page).splitlines() == [
        "  1 title        p. 1      [ 87  62 912  98]      From ink to words",
        "  2 text         p. 1      [ 87 120 480 300] +1   A page",
        "  3 page_number  p. 1      -                      1",
    ]


def test_a_block_without_text_shows_its_markdown():
    page = page_result(block((0, 0, 9, 9), label=BlockLabel.FIGURE, text="", markdown="![figure](figure)"))
    assert listing(page).endswith("![figure](figure)")


def test_a_failed_page_is_one_line_with_its_reason():
    page = page_result(status=PageStatus.FAILED, error=PageUnreadable("cannot be read"))
    assert listing(page) == "  ! page 1 of report.pdf failed: cannot be read"


def test_a_cut_off_page_says_so_behind_its_blocks():
    lines = listing(page_result(block(), status=PageStatus.LOOPED)).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("  ! page 1 of report.pdf is cut off")


def test_wide_characters_count_twice():
    assert cell_len(listing(page_result(block((0, 0, 9, 9), text="页" * 200)), width=80)) in (79, 80)


@given(st.lists(st.text(st.characters(codec=None), max_size=200), max_size=4), st.integers(0, 120))
def test_there_are_as_many_lines_as_blocks_and_none_is_too_wide(texts: list[str], width: int):
    lines = listing(page_result(*(block((0, 0, 9, 9), text=text) for text in texts)), width).split("\n")
    assert len(lines) == max(1, len(texts))
    assert all(cell_len(line) <= max(width, 60) and line.isprintable() for line in lines)
