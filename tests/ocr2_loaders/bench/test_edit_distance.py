"""Edit distances and their averages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.bench import EditDistance, edit_distance
from ocr2_loaders.bench.edit_distance import pooled_ratio


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("abc", "abd", EditDistance(1, 3)),
        ("", "abc", EditDistance(3, 3)),
        ("", "", EditDistance(0, 0)),
        ([1, 2, 3], [2, 3], EditDistance(1, 3)),
        ([7.1, 7.2], [7.2, 7.1], EditDistance(2, 2)),
        ([1, 2.0], [1.0, 2], EditDistance(0, 2)),
    ],
)
def test_edits_are_counted_over_the_longer_side(first, second, expected):
    assert edit_distance(first, second) == expected


def test_two_empty_sequences_are_equal():
    assert EditDistance(0, 0).ratio == 0.0


def test_a_set_is_all_edits_over_all_lengths():
    assert pooled_ratio([EditDistance(1, 1), EditDistance(0, 3)]) == 0.25
    assert pooled_ratio([]) is None
    assert pooled_ratio([EditDistance(0, 0)]) is None


@given(st.text(), st.text())
def test_a_ratio_lies_between_0_and_1(first, second):
    distance = edit_distance(first, second)
    assert 0 <= distance.ratio <= 1
    assert (distance.ratio == 0) == (first == second)
