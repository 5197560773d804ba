"""The official rule against repetition, stated as the official runners state it."""

from __future__ import annotations

from hypothesis import strategies as st

from model_runtime.vllm_plugin.ngram_rule import NgramRule

SEQUENCES = st.lists(st.integers(0, 3), max_size=60)
"""Few different tokens, so that they repeat."""

RULES = st.builds(
    NgramRule,
    ngram_size=st.integers(2, 6),
    window=st.integers(2, 25),
    whitelist=st.frozensets(st.integers(0, 3), max_size=1),
)


def banned_by_the_official_rule(tokens: list[int], rule: NgramRule) -> set[int]:
    """What may not come next: sequence by sequence and n-gram by n-gram."""
    size = rule.ngram_size
    if len(tokens) < size:
        return set()
    prefix = tokens[-(size - 1) :]
    starts = range(max(0, len(tokens) - rule.window), len(tokens) - size + 1)
    return {tokens[at + size - 1] for at in starts if tokens[at : at + size - 1] == prefix} - rule.whitelist
