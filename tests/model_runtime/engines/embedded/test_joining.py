"""Lines of a paragraph joined into one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.embedded.joining import compounds, joined


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["the end", "of a line"], "the end of a line"),
        (["an exam-", "ple"], "an example"),
        (["an exam\u00ad", "ple"], "an example"),
        (["(an exam-", "ple)"], "(an example)"),
        (["one—exam-", "ple"], "one—example"),
        (["an exam\u0002", "ple"], "an example"),
        (["state-of-the-", "art"], "state-of-the-art"),
        (["Anglo-", "Saxon"], "Anglo-Saxon"),
        (["pages 3-", "5 of it"], "pages 3-5 of it"),
        (["a dash -", "and on"], "a dash - and on"),
        (["阅读顺序", "很重要。"], "阅读顺序很重要。"),
        (["使用 Python", "编程"], "使用 Python编程"),
        (["", "text", ""], "text"),
        ([], ""),
    ],
)
def test_line_ends_become_what_they_stand_for(lines: list[str], text: str):
    assert joined(lines) == text


def test_a_hyphen_stays_where_the_page_spells_the_word_with_it():
    lines = ["the left-right context and the left-", "right order"]
    assert joined(lines, compounds(lines)) == "the left-right context and the left-right order"


@given(st.lists(st.text(alphabet="abc XYZ19中文-.", max_size=12), max_size=8))
def test_no_letter_is_lost(lines: list[str]):
    kept = [character for line in lines for character in line if character.isalnum()]
    assert [character for character in joined(lines) if character.isalnum()] == kept
