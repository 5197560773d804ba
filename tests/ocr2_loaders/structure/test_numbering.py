"""The depth of numbered headings follows from the numbers before them."""

from __future__ import annotations

import pytest

from ocr2_loaders.structure.numbering import Numbering


def depths(*headings: str) -> list[int | None]:
    numbering = Numbering()
    return [numbering.depth_of(heading) for heading in headings]


def test_places_count_in_decimal_numbers() -> None:
    assert depths("1 Moss", "1.1 Data", "1.1.1 Walls", "2 Method") == [1, 2, 3, 1]


def test_letters_lie_within_roman_numbers_where_they_first_do() -> None:
    headings = ["I. INTRODUCTION", "II. METHOD", "A. Data", "B. Walls", "III. RESULTS", "A. Moss", "C. Roofs"]
    assert depths(*headings) == [1, 1, 2, 2, 1, 2, 2]


def test_an_i_behind_an_h_is_a_letter() -> None:
    headings = ["I. One", *(f"{letter}. Sub" for letter in "ABCDEFGHI"), "II. Two"]
    assert depths(*headings) == [1, *[2] * 9, 1]


def test_numbers_that_begin_anew_in_each_chapter_lie_within_it() -> None:
    headings = ["Part I", "Chapter 1 Moss", "1 Walls", "1.1 Stone", "Part II", "Chapter 2 Lichen", "1 Roofs"]
    assert depths(*headings) == [1, 2, 3, 4, 1, 2, 3]


def test_chapters_lie_within_no_entry_of_a_contents_page() -> None:
    headings = ["1 Moss 1", "2 Walls 17", "Chapter 1", "1.1 Stone", "Chapter 2"]
    assert depths(*headings) == [1, 1, 1, 2, 1]


def test_numbers_that_hold_the_chapters_own_lie_below_it() -> None:
    assert depths("Chapter 3 Moss", "3.1 Walls", "3.1.1 Stone") == [1, 2, 3]


def test_an_appendix_stands_beside_the_chapters() -> None:
    assert depths("1 Moss", "2 Walls", "Appendix A", "A.1 Tables", "B. More") == [1, 1, 1, 2, 1]


def test_chinese_numbers_nest_as_they_come() -> None:
    assert depths("一、概述", "（一）背景", "1. 数据", "（二）方法", "二、结果") == [1, 2, 3, 2, 1]


@pytest.mark.parametrize("heading", ["34 Street", "19 Ways to grow moss", "Introduction"])
def test_a_number_out_of_turn_is_part_of_the_words(heading: str) -> None:
    assert depths("1 Moss", "2 Walls", heading, "3 Roofs") == [1, 1, None, 1]


def test_the_first_pages_of_a_document_may_be_missing() -> None:
    assert depths("5.2 Results", "6 Discussion") == [2, 1]


def test_behind_the_references_numbers_lie_within_nothing() -> None:
    numbering = Numbering()
    numbering.depth_of("5 Conclusion")
    numbering.close()
    assert numbering.depth_of("A. Proofs") == 1
