"""Which blocks belong to which predicted lines."""

import pytest

from ocr2_loaders.bench.deadline import Deadline, DeadlinePassedError
from ocr2_loaders.bench.matching.groups import Group, _without, matched_groups

A = "alphabetagammadelta"
B = "thequickbrownfox"
C = "0123456789"


def groups(ground_truth, candidates):
    return matched_groups(ground_truth, candidates, Deadline.after(3600))


def test_equal_lines_are_partners_in_any_order():
    assert groups([A, B], [B, A]) == [Group((0,), (1,)), Group((1,), (0,))]


def test_a_block_that_was_split_is_one_group():
    assert groups([B + A], [B, A]) == [Group((0,), (0, 1))]


def test_blocks_inside_one_line_are_one_group():
    assert groups([A, B], [A + B]) == [Group((0, 1), (0,))]


def test_a_missed_block_goes_to_the_first_line_that_contains_it():
    assert groups([A, B, C], [A + C, B + C]) == [Group((0, 2), (0,)), Group((1,), (1,))]


def test_leftovers_are_paired_however_far_apart_they_are():
    assert groups([A, C], [A, B]) == [Group((0,), (0,)), Group((1,), (1,))]


def test_further_leftover_blocks_have_no_candidate():
    assert groups([A, B, C], [A]) == [Group((0,), (0,)), Group((1,)), Group((2,))]


def test_further_leftover_candidates_are_in_no_group():
    assert groups([A], [A, B, C]) == [Group((0,), (0,))]


def test_a_line_whose_blocks_were_given_away_counts_as_used():
    # C is inside both lines and given to the first; so the second is not there for the far-off block
    far = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
    assert groups([C, far], [C + A + B + A, C + B + A + B]) == [Group((0,), (0,)), Group((1,))]


def test_without_candidates_every_block_is_missed():
    assert groups([A, B], []) == [Group((0,)), Group((1,))]


def test_without_blocks_there_are_no_groups():
    assert groups([], [A]) == []


def test_the_deadline_is_kept():
    with pytest.raises(DeadlinePassedError):
        matched_groups([A, B], [C], Deadline.after(-1))


def test_leftovers_stand_in_the_order_of_a_difference_of_sets():
    assert _without(100, range(1, 99)) == list(set(range(100)) - set(range(1, 99)))
