"""Page numbers are read as they are printed."""

from __future__ import annotations

import pytest

from ocr2_loaders.structure.printed_number import number_alone, numbers_at_ends, value_of


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("12", "12"),
        ("– 12 –", "12"),
        ("xiv", "xiv"),
        ("IV", "IV"),
        ("Page 3 of 10", "3"),
        ("Seite 7", "7"),
        ("3/10", "3"),
        ("第 5 页", "5"),
        ("[8]", "8"),
        ("A-3", "A-3"),
        ("57165", "57165"),
        ("p. 9", "9"),
    ],
)
def test_a_line_that_is_a_page_number_is_one(line: str, number: str) -> None:
    assert number_alone(line) == number


@pytest.mark.parametrize("line", ["", "Moss", "civil", "12 walls", "1.5", "100,000", "IIII", "2021-03-04", "x" * 100])
def test_other_lines_are_none(line: str) -> None:
    assert number_alone(line) is None


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("12 Chapter one", ("12",)),
        ("Chapter one 12", ("12",)),
        ("Moss | 7", ("7",)),
        ("2 Moss 17", ("2", "17")),
        ("Moss", ()),
    ],
)
def test_numbers_at_either_end_may_be_the_pages(line: str, numbers: tuple[str, ...]) -> None:
    assert numbers_at_ends(line) == numbers


@pytest.mark.parametrize(("number", "value"), [("12", 12), ("xiv", 14), ("A-3", None)])
def test_numbers_count(number: str, value: int | None) -> None:
    assert value_of(number) == value
