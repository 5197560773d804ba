"""The guard beside a plain statement of the official rule."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.transformers import GuardSettings
from model_runtime.engines.transformers.ngram_guard import NGramGuard

VOCABULARY = 4


def forbidden_by_the_official_rule(written: list[int], size: int, window: int, exempt: set[int]) -> set[int]:
    """Row by row, n-gram by n-gram, as the official runner's logits processor goes about it."""
    if len(written) < size:
        return set()
    begun = written[len(written) - size + 1 :]
    starts = range(max(0, len(written) - window), len(written) - size + 1)
    grams = [written[start : start + size] for start in starts]
    return {gram[-1] for gram in grams if gram[:-1] == begun} - exempt


rows = st.integers(0, 40).flatmap(
    lambda length: st.lists(
        st.lists(st.integers(0, VOCABULARY - 1), min_size=length, max_size=length), min_size=1, max_size=4
    )
)


@given(rows=rows, size=st.integers(2, 5), more=st.integers(0, 20), exempt=st.sets(st.integers(0, VOCABULARY - 1)))
def test_it_forbids_what_the_official_rule_forbids(
    rows: list[list[int]], size: int, more: int, exempt: set[int]
) -> None:
    guard = NGramGuard(GuardSettings(size, size + more), sorted(exempt))
    written = torch.tensor(rows, dtype=torch.long).reshape(len(rows), -1)
    scores = guard(written, torch.zeros(len(rows), VOCABULARY))
    found = [set(row.isneginf().nonzero().flatten().tolist()) for row in scores]
    assert found == [forbidden_by_the_official_rule(row, size, size + more, exempt) for row in rows]


def test_other_scores_stay_as_they_are() -> None:
    scores = torch.tensor([[0.5, -torch.inf, 2.0, 0.25]])
    guarded = NGramGuard(GuardSettings(2, 10), [])(torch.tensor([[0, 1, 0]]), scores)
    assert guarded.tolist() == [[0.5, -torch.inf, 2.0, 0.25]]
    assert scores[0, 2] == 2.0


@pytest.mark.parametrize(("size", "window"), [(1, 90), (20, 19), (0, 0)])
def test_a_guard_that_guards_nothing_is_refused(size: int, window: int) -> None:
    with pytest.raises(ValueError, match="guards no repetition"):
        GuardSettings(size, window)
