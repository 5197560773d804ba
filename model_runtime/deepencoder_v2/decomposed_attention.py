"""Attention with decomposed relative positions (Li et al., MViTv2), without a bias of tokens x tokens.

The score of a query and a key is q·k / sqrt(head_dim) + q·R_rows[distance in rows] + q·R_cols[distance in columns].
Written down for a whole 1024 px view, the last two terms are a tensor of 4096 x 4096 for each head, and moving it costs
more than the products themselves. Two ways round it, chosen here and nowhere else:

* CUDA: the terms are *folded* into the head dimension, and a fused kernel computes plain attention.
* Elsewhere: the terms are summed for a block of queries at a time, small enough for the cache, and the product of
  queries and keys is added to them in one call. The sum is taken in float32: bfloat16 sums take a CPU up to three times
  as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from jaxtyping import Float

_SCORES_AT_ONCE = 2**20
"""Scores held at a time off CUDA, 2 MB in bfloat16: half and twice as many were no faster, four times slower."""

_FUSED_DIM_STEP = 8
"""Fused kernels take head dimensions in multiples of eight."""


class RelativeTerms(NamedTuple):
    """What each query adds to the score of a key in each row and in each column of the grid."""

    rows: Float[Tensor, "heads tokens rows"]
    cols: Float[Tensor, "heads tokens cols"]


def decomposed_attention(
    query: Float[Tensor, "batch heads tokens head_dim"],
    key: Float[Tensor, "batch heads tokens head_dim"],
    value: Float[Tensor, "batch heads tokens head_dim"],
    row_vectors: Float[Tensor, "rows rows head_dim"],
    col_vectors: Float[Tensor, "cols cols head_dim"],
) -> Float[Tensor, "batch heads tokens head_dim"]:
    """Attention over grids of rows x cols tokens, each token's score of each other shifted by their distance."""
    shape = query.shape
    flat_query, flat_key, flat_value = query.flatten(0, 1), key.flatten(0, 1), value.flatten(0, 1)
    terms = _relative_terms(flat_query, row_vectors, col_vectors)
    if query.is_cuda:
        mixed = _fused(*_folded(flat_query, flat_key, terms), flat_value)
    else:
        mixed = _in_blocks(flat_query, flat_key, flat_value, terms)
    return mixed.view(shape)


def _relative_terms(
    query: Float[Tensor, "heads tokens head_dim"],
    row_vectors: Float[Tensor, "rows rows head_dim"],
    col_vectors: Float[Tensor, "cols cols head_dim"],
) -> RelativeTerms:
    num_rows, num_cols = row_vectors.shape[0], col_vectors.shape[0]
    grid = query.unflatten(1, (num_rows, num_cols))  # (heads, rows, cols, head_dim)
    rows = torch.einsum("hrcd,rkd->hrck", grid, row_vectors)
    cols = torch.einsum("hrcd,ckd->hrck", grid, col_vectors)
    return RelativeTerms(rows.flatten(1, 2), cols.flatten(1, 2))


def _folded(
    query: Float[Tensor, "heads tokens head_dim"], key: Float[Tensor, "heads tokens head_dim"], terms: RelativeTerms
) -> tuple[Float[Tensor, "heads tokens wide"], Float[Tensor, "heads tokens wide"]]:
    """Queries that carry their terms, and keys that pick those of their row and column: the products are the scores."""
    heads, _, head_dim = query.shape
    wide_query = torch.cat([query * head_dim**-0.5, terms.rows, terms.cols], dim=-1)
    picks = _row_and_column(terms.rows.shape[-1], terms.cols.shape[-1], key)  # (tokens, rows + cols)
    return wide_query, torch.cat([key, picks.expand(heads, -1, -1)], dim=-1)


def _row_and_column(rows: int, cols: int, like: Tensor) -> Float[Tensor, "{rows}*{cols} {rows}+{cols}"]:
    """For every cell of the grid, a one at its row and a one at its column."""
    row = torch.eye(rows, dtype=like.dtype, device=like.device).repeat_interleave(cols, dim=0)
    col = torch.eye(cols, dtype=like.dtype, device=like.device).repeat(rows, 1)
    return torch.cat([row, col], dim=-1)


def _fused(
    wide_query: Float[Tensor, "heads tokens wide"],
    wide_key: Float[Tensor, "heads tokens wide"],
    value: Float[Tensor, "heads tokens head_dim"],
) -> Float[Tensor, "heads tokens head_dim"]:
    """One fused attention call. Values keep their own width, which saves a sixth of the time."""
    query, key = (_aligned(part).unsqueeze(0) for part in (wide_query, wide_key))
    return functional.scaled_dot_product_attention(query, key, value.unsqueeze(0), scale=1.0).squeeze(0)


def _aligned(part: Float[Tensor, "heads tokens wide"]) -> Float[Tensor, "heads tokens aligned"]:
    return functional.pad(part, (0, -part.shape[-1] % _FUSED_DIM_STEP))


def _in_blocks(
    query: Float[Tensor, "heads tokens head_dim"],
    key: Float[Tensor, "heads tokens head_dim"],
    value: Float[Tensor, "heads tokens head_dim"],
    terms: RelativeTerms,
) -> Float[Tensor, "heads tokens head_dim"]:
    scale = query.shape[-1] ** -0.5
    key = key.transpose(1, 2).contiguous()  # (heads, head_dim, tokens)
    exact = torch.promote_types(query.dtype, torch.float32)
    row_terms, col_terms = terms.rows.to(exact).unsqueeze(3), terms.cols.to(exact).unsqueeze(2)
    blocks = []
    for heads, queries in _blocks(*query.shape[:2]):
        bias = row_terms[heads, queries] + col_terms[heads, queries]  # (heads, queries, rows, cols)
        scores = bias.to(query.dtype).flatten(2)
        scores.baddbmm_(query[heads, queries], key[heads], alpha=scale)  # (heads, queries, tokens)
        blocks.append(torch.softmax(scores, dim=-1) @ value[heads])
    return _joined(blocks, query)


def _blocks(num_heads: int, num_tokens: int) -> Iterator[tuple[slice, slice]]:
    """Slices over heads and queries: as many whole heads as fit, or a part of one head's queries."""
    heads_at_once = max(1, _SCORES_AT_ONCE // num_tokens**2)
    queries_at_once = min(num_tokens, max(1, _SCORES_AT_ONCE // num_tokens))
    for head in range(0, num_heads, heads_at_once):
        for query in range(0, num_tokens, queries_at_once):
            yield slice(head, head + heads_at_once), slice(query, query + queries_at_once)


def _joined(
    blocks: list[Float[Tensor, "_ _ head_dim"]], query: Float[Tensor, "heads tokens head_dim"]
) -> Float[Tensor, "heads tokens head_dim"]:
    """Blocks run over queries first, so that their tokens, end to end, are the heads one after the other."""
    return torch.cat([block.flatten(0, 1) for block in blocks]).view(query.shape)
