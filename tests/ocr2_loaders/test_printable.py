import os

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.printable import one_line, printable


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


ANY_TEXT = st.text(st.characters(codec=None), max_size=300)


def test_white_space_becomes_single_spaces():
    assert one_line("  a\r\n\tb\f c ") == "a b c"


def test_control_characters_become_visible():
    assert one_line("\x1b[31mred\x07") == "\\x1b[31mred\\x07"


def test_what_turns_the_reading_direction_around_becomes_visible():
    assert one_line("a\u202eb") == "a\\u202eb"


def test_letters_of_any_script_stay():
    assert one_line("größer 页面 صفحة") == "größer 页面 صفحة"


def test_long_text_ends_in_an_ellipsis():
    assert one_line("word " * 50, max_chars=12) == "word word w…"


def test_text_that_just_fits_is_whole():
    assert one_line("twelve chars", max_chars=12) == "twelve chars"


def test_white_space_cut_off_with_the_tail_is_marked_like_any_other_cut():
    assert one_line("a" + " " * 5000 + "b", max_chars=10) == "a…"


@given(ANY_TEXT, st.integers(1, 60))
def test_the_line_is_short_printable_and_can_be_encoded(text: str, max_chars: int):
    line = one_line(text, max_chars)
    assert len(line) <= max_chars
    assert line.isprintable()
    line.encode("utf-8")
