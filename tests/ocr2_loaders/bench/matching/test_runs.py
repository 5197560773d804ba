"""Runs of predicted lines that together make one block."""

import pytest

from ocr2_loaders.bench.deadline import Deadline, DeadlinePassedError
from ocr2_loaders.bench.matching.distance import distance_matrix
from ocr2_loaders.bench.matching.runs import _PricedRun, _selected, joined_runs

NEVER = Deadline.after(3600)
WORDS = "thequickbrownfoxjumpsoverthelazydog"


def runs(ground_truth, candidates, deadline=NEVER):
    return joined_runs(ground_truth, candidates, distance_matrix(ground_truth, candidates), deadline)


def test_pieces_of_one_block_are_joined():
    assert runs([WORDS], [WORDS[:18], WORDS[18:]]) == [(0, 1)]


def test_three_pieces_are_joined_one_by_one():
    assert runs([WORDS], [WORDS[:12], WORDS[12:24], WORDS[24:]]) == [(0, 1, 2)]


def test_a_stranger_between_the_pieces_ends_the_run():
    assert runs([WORDS], [WORDS[:18], "0123456789", WORDS[18:]]) == [(0,), (1,), (2,)]


def test_a_certain_partner_is_never_joined():
    assert runs([WORDS, "abcdefgh"], [WORDS[:18], "abcdefgh", WORDS[18:]]) == [(0,), (1,), (2,)]


def test_pieces_in_the_wrong_order_stay_alone_where_joining_brings_them_no_closer():
    assert runs([WORDS], [WORDS[18:], WORDS[:18]]) == [(0,), (1,)]


def test_a_piece_longer_than_the_block_stays_alone():
    assert runs(["short"], [WORDS, "short" * 2]) == [(0,), (1,)]


def test_without_candidates_there_is_no_run():
    assert runs(["a"], []) == []
    assert runs([], ["a", "b"]) == [(0,), (1,)]


def test_the_deadline_is_kept():
    with pytest.raises(DeadlinePassedError):
        runs([WORDS], ["x", "y"], Deadline.after(-1))


def selected(*runs_and_costs):
    return _selected([_PricedRun(run, cost) for run, cost in runs_and_costs])


def test_of_two_runs_that_share_a_line_the_cheaper_one_is_taken():
    assert selected(((0, 1), 0.3), ((1, 2), 0.2)) == [(1, 2)]


def test_the_first_of_equally_cheap_selections_is_taken():
    assert selected(((0, 1), 0.2), ((1, 2), 0.2)) == [(0, 1)]


def test_a_run_joins_every_selection_that_it_has_no_conflict_with():
    # (0,1) and (3,4) each overlap (1,2,3) and not each other
    assert selected(((0, 1), 0.2), ((1, 2, 3), 0.4), ((3, 4), 0.2)) == [(0, 1), (3, 4)]


def test_the_mean_decides_and_not_the_sum():
    assert selected(((0, 1), 0.3), ((1, 2, 3), 0.25), ((3, 4), 0.3)) == [(1, 2, 3)]


def test_an_identical_run_keeps_the_lower_cost():
    assert selected(((0,), 0.5), ((0,), 0.1), ((0, 1), 0.2)) == [(0,)]


def test_runs_that_are_apart_are_all_taken():
    assert selected(((2, 3), 0.6), ((0, 1), 0.1)) == [(0, 1), (2, 3)]
