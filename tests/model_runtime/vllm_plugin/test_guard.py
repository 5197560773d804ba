"""The guard within vLLM's own interfaces: requests that come, go and change places."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from model_runtime.vllm_plugin.guard_arguments import arguments_of  # noqa: E402 - only where torch is
from model_runtime.vllm_plugin.ngram_rule import NgramRule  # noqa: E402
from tests.support.ngrams import RULES, SEQUENCES, banned_by_the_official_rule  # noqa: E402
from tests.support.vllm_double import vllm_double_where_absent  # noqa: E402

with vllm_double_where_absent():
    from vllm import SamplingParams
    from vllm.v1.sample.logits_processor import BatchUpdate, MoveDirectionality

    from model_runtime.vllm_plugin.guard import NoRepeatNgramGuard

NUM_ROWS = 4


def guard() -> NoRepeatNgramGuard:
    config = SimpleNamespace(scheduler_config=SimpleNamespace(max_num_seqs=NUM_ROWS))
    return NoRepeatNgramGuard(config, torch.device("cpu"), is_pin_memory=False)


def parameters(rule: NgramRule | None) -> object:
    return SamplingParams(extra_args=arguments_of(rule) if rule else None)


def banned(logits: torch.Tensor) -> list[set[int]]:
    return [set(torch.isinf(row).nonzero().flatten().tolist()) for row in logits]


@given(st.lists(st.tuples(SEQUENCES, st.none() | RULES), min_size=3, max_size=3), st.integers(0, 8))
def test_tokens_that_vllm_writes_into_its_lists_are_picked_up(
    sequences: list[tuple[list[int], NgramRule | None]], num_steps: int
) -> None:
    under_test = guard()
    split = [max(0, len(tokens) - num_steps) for tokens, _ in sequences]
    lists = [tokens[:at] for (tokens, _), at in zip(sequences, split, strict=True)]
    added = [(row, parameters(rule), None, lists[row]) for row, (_, rule) in enumerate(sequences)]
    under_test.update_state(BatchUpdate(3, [], added, []))
    for step in range(num_steps + 1):
        for row, (tokens, _) in enumerate(sequences):
            lists[row][:] = tokens[: split[row] + step]
        found = banned(under_test.apply(torch.zeros(3, 4)))
        expected = [
            banned_by_the_official_rule(written, rule) if rule else set()
            for written, (_, rule) in zip(lists, sequences, strict=True)
        ]
        assert found == expected
        under_test.update_state(None)


def test_requests_go_and_change_places() -> None:
    under_test, rule = guard(), NgramRule(2, 10, frozenset())
    lists = [[1, 1], [2, 2], [3, 3]]
    added = [(row, parameters(rule), None, tokens) for row, tokens in enumerate(lists)]
    under_test.update_state(BatchUpdate(3, [], added, []))
    assert banned(under_test.apply(torch.zeros(3, 4))) == [{1}, {2}, {3}]
    under_test.update_state(BatchUpdate(2, [0], [], [(2, 0, MoveDirectionality.UNIDIRECTIONAL)]))
    assert banned(under_test.apply(torch.zeros(2, 4))) == [{3}, {2}]
    under_test.update_state(BatchUpdate(2, [], [], [(0, 1, MoveDirectionality.SWAP)]))
    lists[1].append(2)
    assert banned(under_test.apply(torch.zeros(2, 4))) == [{2}, {3}]


def test_a_token_that_is_still_on_the_device_counts_once_it_has_come() -> None:
    under_test = guard()
    tokens = [1, -1]
    under_test.update_state(BatchUpdate(1, [], [(0, parameters(NgramRule(2, 10, frozenset())), None, tokens)], []))
    tokens[-1] = 1
    assert banned(under_test.apply(torch.zeros(1, 4))) == [{1}]


def test_senseless_arguments_are_refused_with_the_request() -> None:
    with pytest.raises(ValueError, match="both must be positive"):
        NoRepeatNgramGuard.validate_params(SamplingParams(extra_args={"ngram_size": 0}))
