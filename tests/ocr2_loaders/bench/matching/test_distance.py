"""Distances between lines of text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from ocr2_loaders.bench.matching.distance import distance_matrix, has_window_within, relative_distance

words = st.text(alphabet="abc", min_size=1, max_size=24)


def test_a_distance_is_relative_to_the_longer_line():
    assert relative_distance("abcd", "abXd") == 0.25
    assert relative_distance("ab", "abcd") == 0.5
    assert relative_distance("a", "") == 1.0


@given(st.lists(words, max_size=4), st.lists(words, max_size=4))
def test_a_matrix_holds_the_distance_of_every_row_to_every_column(rows, columns):
    matrix = distance_matrix(rows, columns)
    assert matrix.shape == (len(rows), len(columns))
    expected = [[relative_distance(row, column) for column in columns] for row in rows]
    assert np.array_equal(matrix, np.array(expected).reshape(matrix.shape))


def best_window(text, part):
    windows = [text[start : start + len(part)] for start in range(len(text) - len(part) + 1)]
    return min(Levenshtein.distance(window, part) / len(part) for window in windows)


@given(words, words, st.sampled_from([0.0, 0.2, 0.4, 0.5, 0.6, 1.0]))
def test_jumping_over_hopeless_windows_changes_no_answer(text, part, limit):
    if len(part) > len(text):
        assert not has_window_within(text, part, limit, inclusive=True)
        return
    assert has_window_within(text, part, limit, inclusive=True) == (best_window(text, part) <= limit)
    assert has_window_within(text, part, limit, inclusive=False) == (best_window(text, part) < limit)


@pytest.mark.parametrize(("inclusive", "found"), [(True, True), (False, False)])
def test_a_window_at_the_limit_itself(inclusive, found):
    assert has_window_within("aaxxx", "aabbb", 0.6, inclusive=inclusive) is found


def test_an_empty_part_is_close_to_nothing():
    assert not has_window_within("text", "", 1.0, inclusive=True)
