"""Every way through the two attentions gives what the formula says."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 - only where torch is

from model_runtime.deepencoder_v2 import causal_flow_attention, decomposed_attention  # noqa: E402


def by_the_formula(query, key, value, row_vectors, col_vectors):  # type: ignore[no-untyped-def]
    """Scores token by token, in float64."""
    rows, cols = row_vectors.shape[0], col_vectors.shape[0]
    row = torch.arange(rows).repeat_interleave(cols)
    col = torch.arange(cols).repeat(rows)
    scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
    scores = scores + torch.einsum("bhqd,qkd->bhqk", query, row_vectors[row][:, row])
    scores = scores + torch.einsum("bhqd,qkd->bhqk", query, col_vectors[col][:, col])
    return scores.softmax(-1) @ value


def grids(rows: int, cols: int, head_dim: int = 8) -> tuple[torch.Tensor, ...]:
    shapes = [(2, 3, rows * cols, head_dim)] * 3 + [(rows, rows, head_dim), (cols, cols, head_dim)]
    return tuple(torch.randn(shape, dtype=torch.float64) for shape in shapes)


@pytest.mark.parametrize(("rows", "cols"), [(4, 4), (3, 5), (1, 6), (9, 7)])
def test_decomposed_attention_follows_the_formula(rows: int, cols: int) -> None:
    parts = grids(rows, cols)
    torch.testing.assert_close(decomposed_attention.decomposed_attention(*parts), by_the_formula(*parts))


@pytest.mark.parametrize("scores_at_once", [1, 50, 36 * 36, 3 * 36 * 36, 10**9])
@pytest.mark.parametrize("head_dim", [8, 16])
def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch, scores_at_once: int, head_dim: int) -> None:
    monkeypatch.setattr(decomposed_attention, "_SCORES_AT_ONCE", scores_at_once)
    parts = grids(6, 6, head_dim)
    torch.testing.assert_close(decomposed_attention.decomposed_attention(*parts), by_the_formula(*parts))


@pytest.mark.parametrize(("rows", "cols"), [(4, 4), (3, 5)])
def test_the_fused_way_of_cuda_follows_the_formula(rows: int, cols: int) -> None:
    query, key, value, row_vectors, col_vectors = grids(rows, cols)
    flat = [part.flatten(0, 1) for part in (query, key, value)]
    terms = decomposed_attention._relative_terms(flat[0], row_vectors, col_vectors)
    mixed = decomposed_attention._fused(*decomposed_attention._folded(flat[0], flat[1], terms), flat[2])
    wanted = by_the_formula(query, key, value, row_vectors, col_vectors)
    torch.testing.assert_close(mixed.view(wanted.shape), wanted)


@pytest.mark.parametrize("way", ["_fused", "_in_blocks"])
@pytest.mark.parametrize(("num_visual", "num_queries"), [(144, 144), (256, 256), (64, 144), (10, 3)])
def test_causal_flow_attention_equals_attention_under_the_written_mask(
    way: str, num_visual: int, num_queries: int
) -> None:
    num_tokens = num_visual + num_queries
    query = torch.randn(2, 6, num_tokens, 8, dtype=torch.float64)
    key, value = torch.randn(2, 2, 2, num_tokens, 8, dtype=torch.float64)
    seen = torch.ones(num_tokens, num_tokens, dtype=torch.bool).tril()
    seen[:num_visual, :num_visual] = True
    wanted = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen, enable_gqa=True)
    found = getattr(causal_flow_attention, way)(query, key, value, num_visual)
    torch.testing.assert_close(found, wanted)
