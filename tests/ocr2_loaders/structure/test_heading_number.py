"""Numbers at the beginning of headings are read in the ways that documents write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.structure.heading_number import Scheme, readings_of, roman_value


@pytest.mark.parametrize(
    ("heading", "scheme", "places"),
    [
        ("1 Introduction", Scheme.DECIMAL, (1,)),
        ("1. Introduction", Scheme.DECIMAL, (1,)),
        ("2.1 Data", Scheme.DECIMAL, (2, 1)),
        ("2.1. Data", Scheme.DECIMAL, (2, 1)),
        ("2.9.Removal", Scheme.DECIMAL, (2, 9)),
        ("3.3.2 美人蕉", Scheme.DECIMAL, (3, 3, 2)),
        ("2、多变的天气", Scheme.DECIMAL, (2,)),
        ("3) Ergebnisse", Scheme.PARENTHESIS, (3,)),
        ("(4) Results", Scheme.PARENTHESIS, (4,)),
        ("IV. RESULTS", Scheme.ROMAN, (4,)),
        ("B. Proofs", Scheme.LETTER, (2,)),
        ("A.1 Lemma", Scheme.LETTER, (1, 1)),
        ("Chapter 3 Moss", Scheme.CHAPTER, (3,)),
        ("KAPITEL 12", Scheme.CHAPTER, (12,)),
        ("Part II: Walls", Scheme.PART, (2,)),
        ("Appendix B. Tables", Scheme.APPENDIX, (2,)),
        ("Anhang C", Scheme.APPENDIX, (3,)),
        ("§ 7 Haftung", Scheme.SECTION, (7,)),
        ("第三章 方法", Scheme.CHAPTER, (3,)),
        ("第十二节 数据", Scheme.SECTION, (12,)),
        ("二、方法", Scheme.CHINESE, (2,)),
        ("（三）结果", Scheme.CHINESE_PARENTHESIS, (3,)),
    ],
)
def test_a_number_is_read_with_its_scheme(heading: str, scheme: Scheme, places: tuple[int, ...]) -> None:
    number = readings_of(heading)[0]
    assert (number.scheme, number.places) == (scheme, places)


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "Introduction",
        "2023 Annual Report",
        "5 mm screws",
        "10% more",
        "3,5 Meter",
        "1.5.2021 Bericht",
        "A study of moss",
        "Partly cloudy",
        "Civil law",
        "12:30 Lunch",
        "0 Zero",
        "Chapters",
        "§",
        "第章",
        "（）",
    ],
)
def test_what_only_looks_like_a_number_is_none(heading: str) -> None:
    assert readings_of(heading) == ()


def test_a_letter_that_is_a_roman_digit_has_two_readings() -> None:
    assert {number.scheme for number in readings_of("V. Methods")} == {Scheme.ROMAN, Scheme.LETTER}


def test_the_words_of_a_heading_begin_behind_its_number() -> None:
    heading = "2.1. Data"
    assert heading[readings_of(heading)[0].end :] == "Data"


@pytest.mark.parametrize(
    ("written", "value"), [("I", 1), ("IV", 4), ("XIX", 19), ("XCIX", 99), ("IIII", None), ("", None)]
)
def test_roman_numbers_are_read_as_they_are_written_properly(written: str, value: int | None) -> None:
    assert roman_value(written) == value


@given(st.text(alphabet="12.9 )(IVXA第章一百、§abc\n-"))
def test_any_heading_can_be_read(heading: str) -> None:
    for number in readings_of(heading):
        assert number.places
        assert 0 < number.end <= len(heading)
