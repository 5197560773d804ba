"""The guard's tables and tensors against a plain statement of the official rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.vllm_plugin.guard_arguments import arguments_of, rule_of
from model_runtime.vllm_plugin.ngram_rule import NgramRule, NgramTable
from tests.support.ngrams import RULES, SEQUENCES, banned_by_the_official_rule


def banned_in(table: NgramTable, num_rows: int) -> list[set[int]]:
    rows, tokens = table.banned(num_rows)
    return [{int(token) for token in tokens[rows == row]} for row in range(num_rows)]


@given(SEQUENCES, RULES)
def test_bans_what_the_official_rule_bans_at_every_step(tokens: list[int], rule: NgramRule) -> None:
    table = NgramTable(1)
    table.start(0, rule, [])
    for length, token in enumerate(tokens, start=1):
        table.extend(np.array([0]), np.array([token], np.int32))
        assert banned_in(table, 1) == [banned_by_the_official_rule(tokens[:length], rule)]


@given(SEQUENCES, RULES)
def test_a_sequence_that_comes_back_is_banned_from_the_same(tokens: list[int], rule: NgramRule) -> None:
    table = NgramTable(2)
    table.start(1, rule, tokens)
    assert banned_in(table, 2) == [set(), banned_by_the_official_rule(tokens, rule)]


@given(st.lists(st.tuples(SEQUENCES, RULES), min_size=3, max_size=3), st.permutations(range(3)))
def test_rows_may_change_places(sequences: list[tuple[list[int], NgramRule]], order: list[int]) -> None:
    table = NgramTable(4)
    for row, (tokens, rule) in enumerate(sequences):
        table.start(row, rule, tokens)
    places = list(range(3))
    for row, wanted in enumerate(order):
        other = places.index(wanted)
        table.swap(row, other)
        places[row], places[other] = places[other], places[row]
    table.move(0, 3)
    expected = [banned_by_the_official_rule(*sequences[number]) for number in order]
    assert banned_in(table, 4) == [set(), *expected[1:], expected[0]]


def test_the_official_settings_stop_a_cell_that_repeats_but_not_its_tags() -> None:
    rule = NgramRule()
    table = NgramTable(1)
    loop = [128821, 7, 8, 9, 128822]
    table.start(0, rule, loop * 8)
    assert banned_in(table, 1) == [set()]  # <td> would come next
    table.extend(np.array([0]), np.array([128821], np.int32))
    assert banned_in(table, 1) == [{7}]


def test_a_cleared_row_bans_nothing() -> None:
    table = NgramTable(1)
    table.start(0, NgramRule(2, 10, frozenset()), [1, 1, 1])
    table.clear(0)
    assert banned_in(table, 1) == [set()]


@pytest.mark.parametrize("arguments", [{"ngram_size": 0}, {"ngram_size": "20"}, {"ngram_size": 5, "window_size": -1}])
def test_senseless_arguments_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        rule_of(arguments)


def test_a_request_that_names_no_size_is_not_guarded() -> None:
    assert rule_of(None) is None
    assert rule_of({"window_size": 90}) is None


@given(RULES)
def test_arguments_carry_a_rule(rule: NgramRule) -> None:
    assert rule_of(arguments_of(rule)) == rule
