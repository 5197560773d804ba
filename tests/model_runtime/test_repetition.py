"""Fault test F8: loops are found, measured and cut out; what merely repeats itself on a page is none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.repetition import repetitions_in, without_repetitions
from tests.support.transcripts import REAL, all_transcripts, transcript

TAG = "<|ref|>{}<|/ref|><|det|>[[{}, 20, 900, 40]]<|/det|>\n"
BEFORE = TAG.format("text", 10) + "The page began well.\n\n"
FOX = "The quick brown fox jumps over a dog."

LOOPS = {
    "one letter": (BEFORE + "A" * 8000, 8000),
    "a header, at the same place": (BEFORE + (TAG.format("header", 9) + "Annual Report\n\n") * 50, 50),
    "a header, its box counting on": (
        BEFORE + "".join(TAG.format("header", number) + "Annual Report\n\n" for number in range(50)),
        50,
    ),
    "empty cells": (TAG.format("table", 1) + "<table><tr>" + "<td></td>" * 3000, 3000),
    "a period of 37": (BEFORE + (FOX * 217)[:8000], 216),
    "a paragraph": (BEFORE + (" ".join(f"word {number}" for number in range(150)) + "\n\n") * 6, 6),
    "digits that never end": ("<|ref|>text<|/ref|><|det|>[[" + "9" * 5000, 5000),
}

NEW_YEAR = dt.date(2024, 1, 1)
NO_LOOPS = {
    "a table of 365 rows": "<table>"
    + "".join(f"<tr><td>{NEW_YEAR + dt.timedelta(day)}</td><td></td><td></td></tr>" for day in range(365))
    + "</table>",
    "a table of 365 equal rows": "<table>" + "<tr><td></td><td></td><td>0</td></tr>" * 365 + "</table>",
    "a matrix of zeros": "<table>" + ("<tr>" + "<td>0</td>" * 30 + "</tr>") * 40 + "</table>",
    "a form of underscores": "".join(f"{word}: " + "_" * 70 + "\n" for word in ["Name", "Date", "Place"] * 30),
    "a form of equal lines": ("Date " + "_" * 30 + " Name " + "_" * 30 + "\n") * 60,
    "ruled paper": ("_" * 90 + "\n") * 60,
    "a contents page": "".join(f"Chapter {number} " + "." * 80 + f" {number * 7}\n" for number in range(60)),
    "a sheet of labels": "".join(
        TAG.format("text", number) + "ACME, 12 Long Street, Berlin\n\n" for number in range(30)
    ),
    "nothing": "",
    "a word": "word",
}


@pytest.mark.parametrize(("text", "count"), LOOPS.values(), ids=LOOPS)
def test_a_loop_is_found_and_counted(text: str, count: int) -> None:
    (loop,) = repetitions_in(text)
    assert loop.count == count
    assert loop.end == len(text)


@pytest.mark.parametrize(("text", "count"), LOOPS.values(), ids=LOOPS)
def test_one_copy_and_all_that_stood_before_is_kept(text: str, count: int) -> None:
    trimmed = without_repetitions(text, repetitions_in(text))
    assert text.startswith(trimmed)
    assert len(trimmed) < len(text) / 3
    assert trimmed.startswith(BEFORE) or not text.startswith(BEFORE)
    assert not repetitions_in(trimmed)


@pytest.mark.parametrize("text", NO_LOOPS.values(), ids=NO_LOOPS)
def test_what_a_page_can_hold_is_no_loop(text: str) -> None:
    assert repetitions_in(text) == ()


def test_what_comes_behind_a_loop_is_kept() -> None:
    text = f"{BEFORE}{FOX * 60}\n\nAnd then it found its way back. {'la ' * 300}"
    assert len(repetitions_in(text)) == 2
    trimmed = without_repetitions(text, repetitions_in(text))
    assert trimmed.rstrip() == f"{BEFORE}{FOX}\n\nAnd then it found its way back. la"


def test_the_only_recorded_transcript_with_a_loop_is_the_one_that_has_one() -> None:
    found = {name for name, text in all_transcripts().items() if repetitions_in(text)}
    assert found == {"looped_cells"}
    assert repetitions_in(transcript("looped_cells"))[0].count == 400


@pytest.mark.skipif(not REAL.is_dir(), reason="the real transcripts are not beside this checkout")
def test_no_loop_is_seen_in_a_real_transcript() -> None:
    assert not any(repetitions_in(file.read_text("utf-8")) for file in REAL.glob("*.mmd"))


@given(
    before=st.text(st.characters(categories=("L",)), max_size=300),
    unit=st.text("abcdefg <|>/\n", min_size=1, max_size=300).filter(lambda unit: any(char.isalpha() for char in unit)),
    count=st.integers(420, 450),
)
def test_any_unit_that_comes_often_enough_is_found(before: str, unit: str, count: int) -> None:
    text = before + unit * count
    assert repetitions_in(text)
    assert len(without_repetitions(text, repetitions_in(text))) <= len(before) + 2 * len(unit)


@given(st.text("ab_.<td>/\n", max_size=3000))
def test_loops_lie_in_order_inside_the_text(text: str) -> None:
    doubled = text * 3
    end = 0
    for loop in repetitions_in(doubled):
        assert end <= loop.start < loop.first_end < loop.end <= len(doubled)
        end = loop.end
