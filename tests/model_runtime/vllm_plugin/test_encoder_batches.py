"""Batches of fixed sizes: few, hardly padded, and without a trace in what comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from model_runtime.vllm_plugin.encoder_batches import (  # noqa: E402 - only where torch is
    CROPS_AT_ONCE,
    GLOBAL_VIEWS_AT_ONCE,
    batch_plan,
    in_batches,
)


@given(st.integers(0, 500), st.sampled_from([GLOBAL_VIEWS_AT_ONCE, CROPS_AT_ONCE]))
def test_a_plan_holds_every_view_in_batches_of_the_sizes_given(num_views: int, sizes: tuple[int, ...]) -> None:
    plan = batch_plan(num_views, sizes)
    assert set(plan) <= set(sizes)
    assert num_views <= sum(plan) < num_views + min(max(sizes), max(num_views, min(sizes)))
    assert len(plan) <= num_views // max(sizes) + 4


@given(st.integers(1, 30))
def test_every_view_comes_out_once_and_in_order(num_views: int) -> None:
    seen = []

    def encode(views: torch.Tensor) -> torch.Tensor:
        seen.append(len(views))
        return views.flatten(1) + 1

    views = torch.arange(num_views, dtype=torch.float32).view(-1, 1, 1, 1)
    assert torch.equal(in_batches(encode, views, (2, 6)), views.flatten(1) + 1)
    assert set(seen) <= {2, 6}
