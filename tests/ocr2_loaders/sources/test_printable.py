import os

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.sources.printable import printable


@given(st.text(st.characters(exclude_categories=()), max_size=400))
def test_any_text_becomes_one_printable_line(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    shown.encode("utf-8")


@given(st.text(max_size=255).filter(str.isprintable))
def test_printable_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert printable("x" * 300, 10) == "x" * 9 + "…"


def test_a_byte_that_is_no_utf8_is_shown_as_a_byte() -> None:
    assert printable(os.fsdecode(b"caf\xe9")) == "caf\\xe9"
