"""Loops in a transcript that is still being written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.loop_watch import LoopWatch
from model_runtime.repetition import repetitions_in

PROSE = "The box came up from the cellar in spring, and nobody had asked for it. "


def seen_after(text: str, piece: int = 7) -> int | None:
    """How many characters of the text were written when the watch saw a loop in it."""
    watch = LoopWatch()
    for start in range(0, len(text), piece):
        if watch.add(text[start : start + piece]):
            return len(watch.text)
    return None


def span(number: int, words: str) -> str:
    return f"<|ref|>text<|/ref|><|det|>[[{number}, {number}, {number + 9}, {number + 9}]]<|/det|>\n{words}\n\n"


@pytest.mark.parametrize("unit", ["ab ", "word ", "one two three four five\n", "Total amount due: 0.00\n" * 4])
def test_a_loop_is_seen_within_hundreds_of_tokens(unit: str) -> None:
    seen = seen_after(PROSE + unit * (20_000 // len(unit)))
    assert seen is not None
    assert seen < 5000
    assert repetitions_in((PROSE + unit * (20_000 // len(unit)))[:seen])


def test_a_loop_that_counts_on_in_its_boxes_is_seen() -> None:
    text = "".join(span(number, "the same line again and again") for number in range(400))
    seen = seen_after(text)
    assert seen is not None
    assert seen < len(text) // 2


@pytest.mark.parametrize(
    "text",
    [
        "".join(span(number, f"{PROSE} {number}") for number in range(300)),
        "<table>" + "<tr><td>0</td><td></td><td>0</td></tr>" * 365 + "</table>",
        "Name: " + "_" * 700 + "\nDate: " + "_" * 700,
        "<table><tr>" + "<td></td>" * 150 + "</tr></table>",
        ("_" * 60 + "\n") * 60,
        "and so on. " * 30,
    ],
    ids=["prose", "365 equal rows", "a form", "empty cells", "lines of a form", "said thirty times"],
)
def test_what_a_page_may_hold_is_no_loop(text: str) -> None:
    assert seen_after(PROSE + text + PROSE) is None


def test_what_was_written_before_a_page_begins_anew_does_not_count() -> None:
    watch = LoopWatch()
    watch.add("word " * 90)
    watch.begin_anew()
    assert not watch.add("word " * 60 + PROSE * 2)
    assert watch.text == "word " * 60 + PROSE * 2


PIECES = st.lists(
    st.one_of(
        st.sampled_from([PROSE, "a b ", "<tr><td>1</td></tr>", "___", span(3, "x"), "<|det|>[[", "1, 2"]).flatmap(
            lambda unit: st.integers(1, 90).map(lambda times: unit * times)
        ),
        st.text(max_size=30),
    ),
    max_size=6,
).map("".join)


@given(text=PIECES, piece=st.integers(1, 400))
def test_what_is_seen_while_it_is_written_is_found_in_what_was_written(text: str, piece: int) -> None:
    seen = seen_after(text, piece)
    if seen is not None:
        assert repetitions_in(text[:seen])


@given(text=PIECES)
def test_the_text_is_kept_as_it_came(text: str) -> None:
    watch = LoopWatch()
    for letter in text:
        watch.add(letter)
    assert watch.text == text
