"""The guard on tensors against the same plain statement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from model_runtime.vllm_plugin.ngram_rule import NgramRule  # noqa: E402 - only where torch is
from model_runtime.vllm_plugin.ngram_tensors import ban_repeated  # noqa: E402
from tests.support.ngrams import RULES, SEQUENCES, banned_by_the_official_rule  # noqa: E402

PROMPT = [0, 1] * 20


@given(st.lists(SEQUENCES, min_size=1, max_size=4), RULES)
def test_bans_what_the_official_rule_bans_and_the_prompt_does_not_count(
    written: list[list[int]], rule: NgramRule
) -> None:
    latest = torch.tensor([(PROMPT + tokens)[-rule.window :] for tokens in written])
    logits = torch.zeros(len(written), 4)
    guarded = torch.tensor([row != 1 for row in range(len(written))])
    ban_repeated(logits, latest, torch.tensor([len(tokens) for tokens in written]), guarded, rule)
    for row, tokens in enumerate(written):
        expected = set() if row == 1 else banned_by_the_official_rule(tokens, rule)
        assert set(torch.isinf(logits[row]).nonzero().flatten().tolist()) == expected
