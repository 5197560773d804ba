import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_runtime.box import GRID, GridBox
from model_runtime.grounding import parse
from model_runtime.grounding.boxes import boxes_in
from tests.support.transcripts import transcript


def listed(text: str) -> list[list[int]]:
    return [box.as_list() for box in boxes_in(text)[0]]


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        ("[[217, 146, 785, 191]]", [[217, 146, 785, 191]]),
        ("[[1,2,3,4]]", [[1, 2, 3, 4]]),
        ("[[1, 2, 3, 4], [5, 6, 7, 8]]", [[1, 2, 3, 4], [5, 6, 7, 8]]),
        ("[[0, 0, 999, 999]]", [[0, 0, 999, 999]]),
    ],
)
def test_boxes_written_as_usual_leave_no_note(text: str, boxes: list[list[int]]) -> None:
    assert listed(text) == boxes
    assert boxes_in(text)[1] == ()


ODD = {
    "[[500.5, 339.4, 775, 411]]": ([[500, 339, 775, 411]], "not written as usual"),
    "[[110, -1, 444, 43]]": ([[110, 0, 444, 43]], "off the grid"),
    "[[1970, 0, 1980, 100]]": ([[999, 0, 999, 100]], "off the grid"),
    "[[10, 20, 1000, 1000]]": ([[10, 20, 999, 999]], "off the grid"),
    "[[175,ucidt 671, 200, 300]]": ([], "dropped"),
    "[[100 200, 300, 400]]": ([[100, 200, 300, 400]], "not written as usual"),
    "[100, 200, 300, 400]": ([[100, 200, 300, 400]], "not written as usual"),
    "100, 200, 300, 400": ([[100, 200, 300, 400]], "not written as usual"),
    "[[100,\u00a0200, 300, 400]]": ([[100, 200, 300, 400]], "not written as usual"),
    " [[100, 200, 300, 400]]": ([[100, 200, 300, 400]], "not written as usual"),
    "[[1, 2, 3, 4][5, 6, 7, 8]]": ([[1, 2, 3, 4], [5, 6, 7, 8]], "not written as usual"),
    "[[300, 400, 100, 200]]": ([[100, 200, 300, 400]], "change places"),
    "[[0, 0, 0, 0]]": ([[0, 0, 0, 0]], "no area"),
    "[[1, 2, 3]]": ([], "dropped"),
    "[[1, 2, 3, 4, 5]]": ([], "dropped"),
    "[[１, ２, ３, ４]]": ([], "dropped"),
    "[[NaN, 1, 2, 3]]": ([], "dropped"),
    "[[inf, 1, 2, 3]]": ([], "dropped"),
    "[[1e400, 1, 2, 3]]": ([], "dropped"),
    f"[[{10**400}, 1, 2, 3]]": ([], "dropped"),
    "[[9**9**9, 1, 2, 3]]": ([], "dropped"),
    "[]": ([], "names no box"),
    "": ([], "names no box"),
}


@pytest.mark.parametrize("text", ODD)
def test_every_oddity_of_a_box_is_mended_or_dropped_and_noted(text: str) -> None:
    boxes, note = ODD[text]
    assert listed(text) == boxes
    assert note in boxes_in(text)[1][0]


def test_a_good_box_beside_a_bad_one_is_kept() -> None:
    assert listed("[[1, 2, 3, 4], [x], [5, 6, 7, 8]]") == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_every_odd_box_of_a_transcript_is_noted_and_its_text_kept() -> None:
    spans = parse(transcript("odd_boxes"))
    assert len(spans) == 15
    assert all(span.notes and span.text for span in spans)


def test_a_thousand_boxes_are_enough_for_one_tag() -> None:
    boxes, notes = boxes_in("[" + "[1, 2, 3, 4], " * 1500 + "]")
    assert len(boxes) == 1000
    assert notes == ("boxes of the tag after the first 1000 were dropped",)


def test_notes_on_one_tag_are_few_and_short() -> None:
    _, notes = boxes_in("".join(f"[word {number}]" for number in range(500)) + "[" + "x" * 10_000 + "]")
    assert len(notes) == 9
    assert all(len(note) < 120 for note in notes)


@settings(max_examples=300)
@given(st.text(alphabet="[]0123456789,. -eE\u00a0９x", max_size=80))
def test_whatever_is_written_gives_boxes_on_the_grid(text: str) -> None:
    boxes, notes = boxes_in(text)
    assert all(0 <= number <= GRID for box in boxes for number in box.as_list())
    assert boxes or notes


@given(st.lists(st.tuples(*[st.integers(0, GRID)] * 4), min_size=1, max_size=6))
def test_any_corners_on_the_grid_are_a_box_between_them(corners: list[tuple[int, int, int, int]]) -> None:
    text = "[" + ", ".join(str(list(each)) for each in corners) + "]"
    expected = [GridBox(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)) for x0, y0, x1, y1 in corners]
    assert list(boxes_in(text)[0]) == expected
    assert re.sub(r"[^0-9]", "", text)
