"""The guard within the interface of vLLM's second model runner, over its kind of token table."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from model_runtime.vllm_plugin.guard_arguments import arguments_of  # noqa: E402 - only where torch is
from model_runtime.vllm_plugin.ngram_rule import NgramRule  # noqa: E402
from tests.support.ngrams import RULES, SEQUENCES, banned_by_the_official_rule  # noqa: E402
from tests.support.vllm_double import vllm_double_where_absent  # noqa: E402

with vllm_double_where_absent("vllm.v1.worker.gpu.sample.logits_processor"):  # in vLLM from 0.31 on
    from vllm import SamplingParams
    from vllm.v1.worker.gpu.sample.logits_processor import LogitsContext, LogitsProcRequestState

    from model_runtime.vllm_plugin.guard_on_device import NoRepeatNgramGuardOnDevice

NUM_SLOTS, LENGTH = 5, 100


@given(st.lists(st.tuples(SEQUENCES, SEQUENCES, st.none() | RULES), min_size=3, max_size=3), st.permutations(range(5)))
def test_bans_what_the_official_rule_bans_wherever_requests_have_their_slots(
    requests: list[tuple[list[int], list[int], NgramRule | None]], slots: list[int]
) -> None:
    table, prompt_lengths = (
        torch.zeros(NUM_SLOTS, LENGTH * 2, dtype=torch.int32),
        torch.zeros(NUM_SLOTS, dtype=torch.int32),
    )
    on_device = SimpleNamespace
    states = LogitsProcRequestState(
        torch.device("cpu"), NUM_SLOTS, 4, on_device(gpu=table), on_device(gpu=prompt_lengths), None, None
    )
    guard = NoRepeatNgramGuardOnDevice(None, states)
    ends = []
    for slot, (prompt, written, rule) in zip(slots, requests, strict=False):
        tokens = [1, *prompt, *written]
        table[slot, : len(tokens)] = torch.tensor(tokens)
        prompt_lengths[slot] = 1 + len(prompt)
        ends.append(len(tokens) - 1)
        guarded = guard.add_request(slot, SamplingParams(extra_args=arguments_of(rule) if rule else None))
        assert guarded == (rule is not None)
    guard.apply_staged_writes()
    used = torch.tensor(slots[: len(requests)], dtype=torch.int32)
    context = LogitsContext(used, used, used.numpy(), None, None, torch.tensor(ends), np.array(ends) + 1)
    logits = guard.apply(torch.zeros(len(requests), 4), context)
    for row, (_, written, rule) in enumerate(requests):
        expected = banned_by_the_official_rule(written, rule) if rule else set()
        assert set(torch.isinf(logits[row]).nonzero().flatten().tolist()) == expected
