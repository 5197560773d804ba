"""Heading levels are settled for the whole document: by outline, number, mark and size."""

from __future__ import annotations

from collections.abc import Iterable

from ocr2_loaders.blocks import PageResult
from ocr2_loaders.pages.outline import OutlineEntry
from ocr2_loaders.structure import StructuredPage, structured_document, structured_pages
from tests.support.marked_pages import Place, pages_of, spans
from tests.support.results import changed


def levels(pages: Iterable[StructuredPage]) -> dict[str, int]:
    return {b.block.text: b.heading_level for page in pages for b in page.blocks if b.heading_level is not None}


def line(top: int, height: int = 15, width: int = 400) -> Place:
    return (100, top, 100 + width, top + height)


def headed(*headings: str) -> list[PageResult]:
    """One page a heading, all in the same type."""
    body = ("text", "Moss.", (100, 300, 900, 800))
    return pages_of(*(spans(("sub_title", words, line(200)), body) for words in headings))


def test_marks_are_taken_where_nothing_else_is_known() -> None:
    (page,) = pages_of("# Moss\n\n## Walls\n\n### Stone\n\ntext")
    assert levels(structured_pages([page])) == {"Moss": 1, "Walls": 2, "Stone": 3}


def test_numbers_go_deeper_than_marks_that_are_all_the_same() -> None:
    pages = headed("# On Moss", "## 1 Walls", "## 1.1 Stone", "## 1.1.1 Slate", "## 2 Roofs")
    expected = {"On Moss": 1, "1 Walls": 2, "1.1 Stone": 3, "1.1.1 Slate": 4, "2 Roofs": 2}
    assert levels(structured_pages(pages)) == expected


def test_sections_marked_like_the_title_lie_below_it() -> None:
    pages = headed("# On Moss", "# 1 Walls", "# 1.1 Stone")
    assert levels(structured_pages(pages)) == {"On Moss": 1, "1 Walls": 2, "1.1 Stone": 3}


def test_marks_deeper_than_those_of_numbered_headings_stay_deeper() -> None:
    pages = headed("# On Moss", "## 1 Walls", "#### Stone")
    assert levels(structured_pages(pages)) == {"On Moss": 1, "1 Walls": 2, "Stone": 4}


def test_standard_names_stand_beside_the_numbered_sections() -> None:
    pages = headed("# On Moss", "# Abstract", "## 1 Walls", "## 1.1 Stone", "# References", "# Moss again")
    found = levels(structured_document(pages).pages)
    assert found["Abstract"] == found["1 Walls"] == found["References"] == 2


def test_smaller_type_under_the_same_mark_is_deeper() -> None:
    (page,) = pages_of(
        spans(
            ("title", "# Moss Weekly", line(20, 60)),
            ("title", "# Walls", line(100, 30)),
            ("title", "# Stone", line(200, 15)),
            ("title", "# Slate", line(300, 16)),
            ("title", "# Roofs", line(400, 31)),
        )
    )
    found = levels(structured_document([page]).pages)
    assert found == {"Moss Weekly": 1, "Walls": 2, "Stone": 3, "Slate": 3, "Roofs": 2}


def test_type_like_that_of_numbered_headings_has_their_level() -> None:
    (page,) = pages_of(
        spans(
            ("sub_title", "## 1 Walls", line(20, 24)),
            ("sub_title", "## 1.1 Stone", line(100, 15)),
            ("sub_title", "## Slate", line(200, 15)),
            ("sub_title", "## Roofs", line(300, 24)),
            ("sub_title", "## Tiles", line(400, 9)),
        )
    )
    assert levels(structured_pages([page])) == {"1 Walls": 2, "1.1 Stone": 3, "Slate": 3, "Roofs": 2, "Tiles": 4}


def with_outline(page: PageResult, *entries: tuple[str, int]) -> PageResult:
    return changed(page, outline=tuple(OutlineEntry(*entry) for entry in entries))


def test_the_pdf_outline_decides_where_it_names_a_heading() -> None:
    title, walls, stone = headed("# On Moss", "# Walls", "# Stone")
    pages = [title, with_outline(walls, ("walls", 1)), with_outline(stone, ("2.1  Stone", 2))]
    assert levels(structured_pages(pages)) == {"On Moss": 1, "Walls": 2, "Stone": 3}


def test_an_outline_that_names_the_title_begins_there() -> None:
    title, walls = headed("# On Moss", "# Walls")
    pages = [with_outline(title, ("On Moss", 1)), with_outline(walls, ("Walls", 2))]
    assert levels(structured_pages(pages)) == {"On Moss": 1, "Walls": 2}


def test_text_that_the_outline_names_is_a_heading() -> None:
    (page,) = pages_of(spans(("text", "Walls", line(100)), ("text", "Walls stand.", line(200))))
    (plain,) = structured_pages([page])
    assert [b.heading_level for b in plain.blocks] == [None, None]
    (outlined,) = structured_pages([with_outline(page, ("Walls", 1))])
    assert [b.heading_level for b in outlined.blocks] == [1, None]
    assert [b.heading_path for b in outlined.blocks] == [("Walls",), ("Walls",)]


def test_numbers_go_deeper_than_an_outline_that_is_flat() -> None:
    walls, stone = headed("## 1 Walls", "## 1.1 Stone")
    pages = [with_outline(walls, ("1 Walls", 1)), with_outline(stone, ("1.1 Stone", 1))]
    assert levels(structured_pages(pages)) == {"1 Walls": 1, "1.1 Stone": 2}


def test_an_outline_that_names_nothing_on_its_pages_changes_nothing() -> None:
    pages = headed("# On Moss", "## 1 Walls", "## 1.1 Stone")
    outlined = [with_outline(page, ("Slide", 1)) for page in pages]
    assert levels(structured_pages(outlined)) == levels(structured_pages(pages))


def test_numbers_keep_their_level_through_a_stream_whatever_marks_follow() -> None:
    pages = headed("# 1 Walls", "### 2 Roofs", "### 3 Tiles", "### 4 Stone")
    assert set(levels(structured_pages(pages)).values()) == {1}
    assert set(levels(structured_document(pages).pages).values()) == {3}


def test_levels_end_at_six() -> None:
    pages = headed("## 1 A", "## 1.1 B", "## 1.1.1 C", "## 1.1.1.1 D", "## 1.1.1.1.1 E", "## 1.1.1.1.1.1 F")
    assert list(levels(structured_pages(pages)).values()) == [2, 3, 4, 5, 6, 6]


def test_a_heading_of_two_lines_is_not_in_larger_type() -> None:
    long = "## " + "a heading of so many words that it needs a second line on its page " * 2
    (page,) = pages_of(spans(("sub_title", "## Walls", line(20, 15, 70)), ("sub_title", long, (100, 100, 640, 132))))
    assert set(levels(structured_document([page]).pages).values()) == {2}


def test_a_page_of_next_to_no_size_has_headings_without_a_size() -> None:
    (page,) = headed("# On Moss")
    tiny = changed(page, width_pt=5e-324, height_pt=792.0)
    assert levels(structured_document([tiny]).pages) == {"On Moss": 1}
