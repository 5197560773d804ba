"""Reading order by recursive XY-cut."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.embedded.columns import regions
from model_runtime.engines.embedded.rect import Rect

EM = 10.0


def rect(x0: float, y0: float, width: float, height: float = 10.0) -> Rect:
    return Rect(x0, y0, x0 + width, y0 + height)


def order(boxes: list[Rect]) -> list[int]:
    return list(chain.from_iterable(regions(boxes, EM)))


def lines(x0: float, top: float, count: int, width: float = 200.0, pitch: float = 12.0) -> list[Rect]:
    return [rect(x0, top + pitch * i, width) for i in range(count)]


coordinates = st.floats(0, 600, allow_nan=False)
anywhere = st.builds(
    lambda x, y, width, height: Rect(x, y, x + width, y + height),
    coordinates,
    coordinates,
    st.floats(0, 300),
    st.floats(0, 300),
)


@given(st.lists(anywhere, max_size=60), st.floats(1, 40))
def test_every_box_comes_out_exactly_once_wherever_they_lie(boxes: list[Rect], em: float):
    assert sorted(chain.from_iterable(regions(boxes, em))) == list(range(len(boxes)))


@given(
    heights=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    pitches=st.lists(st.floats(11, 40), min_size=4, max_size=4),
    gutter=st.floats(8, 60),
    shuffled=st.randoms(use_true_random=False),
)
def test_columns_are_read_one_after_the_other_whatever_their_lines(heights, pitches, gutter, shuffled):
    width = 120.0
    expected = [
        box
        for column, height in enumerate(heights)
        for box in lines(40 + column * (width + gutter), 50, height, width, pitches[column])
    ]
    boxes = list(expected)
    shuffled.shuffle(boxes)
    assert [boxes[i] for i in order(boxes)] == expected


@given(
    st.lists(st.tuples(st.booleans(), st.integers(3, 8), st.integers(3, 8)), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_spanning_parts_and_parts_in_two_columns_may_follow_each_other(parts, shuffled):
    expected: list[Rect] = []
    top = 40.0
    for spanning, left, right in parts:
        if spanning:
            expected += lines(50, top, left, 450)
        else:
            expected += [*lines(50, top, left), *lines(300, top, right)]
        top += 12 * max(left, right) + 6
    boxes = list(expected)
    shuffled.shuffle(boxes)
    read = [boxes[i] for i in order(boxes)]
    assert read == _with_neighbouring_columns_joined(expected, parts)


def _with_neighbouring_columns_joined(expected, parts):
    """Two parts in columns with nothing in between are one: its left side comes first."""
    out: list[Rect] = []
    boxes = iter(expected)
    left_side: list[Rect] = []
    right_side: list[Rect] = []
    for spanning, left, right in parts:
        if spanning:
            out += [*left_side, *right_side, *(next(boxes) for _ in range(left))]
            left_side, right_side = [], []
            continue
        left_side += [next(boxes) for _ in range(left)]
        right_side += [next(boxes) for _ in range(right)]
    return [*out, *left_side, *right_side]


def test_paragraphs_that_end_at_one_height_do_not_sew_columns_together():
    left = [*lines(50, 100, 5), *lines(50, 180, 5)]
    right = [*lines(300, 100, 5), *lines(300, 180, 5)]
    assert order([*left, *right]) == list(range(20))


def test_the_last_short_line_of_a_spanning_paragraph_stays_with_it():
    boxes = [*lines(50, 40, 3, 450), rect(50, 76, 120), *lines(50, 100, 6), *lines(300, 100, 6)]
    assert order(boxes) == list(range(len(boxes)))


def test_a_heading_under_the_columns_belongs_to_what_follows():
    left, right = lines(50, 40, 6), lines(300, 40, 6)
    heading, text = rect(50, 150, 100), lines(50, 164, 3, 450)
    boxes = [*left, *right, heading, *text]
    assert order(boxes) == list(range(len(boxes)))


def test_the_cells_of_a_table_without_lines_are_read_in_rows():
    rows = [
        [rect(50, 40 + 12 * row, 80), rect(200, 40 + 12 * row, 20), rect(260, 40 + 12 * row, 20)] for row in range(5)
    ]
    boxes = list(chain.from_iterable(rows))
    assert order(boxes) == list(range(15))


def test_boxes_nested_without_end_are_read_in_bounded_depth():
    boxes = [rect(i * 9.0, i * 9.0, 700 - i * 18.0, 700 - i * 18.0) for i in range(38)]
    assert sorted(order(boxes)) == list(range(38))
