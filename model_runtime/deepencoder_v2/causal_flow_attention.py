"""Attention of the causal-flow encoder: visual tokens see each other, a query sees them and the queries up to itself.

The mask of this pattern, tokens x tokens for every view, is never written down:

* CUDA: two fused calls. The queries' rows are those of a plain causal attention over all tokens, which fused kernels
  know; its rows for the visual tokens are left aside, which costs less than a mask of any kind.
* Elsewhere: the visual tokens in one product, the queries in blocks, each of which sees whole columns but for its own
  triangle. The heads that share a key are laid end to end, so that each product is one for all of them: three to four
  times as fast on a CPU as the fused calls, which there compute the masked half too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from jaxtyping import Float

_QUERIES_AT_ONCE = 64


def causal_flow_attention(
    query: Float[Tensor, "views heads tokens head_dim"],
    key: Float[Tensor, "views kv_heads tokens head_dim"],
    value: Float[Tensor, "views kv_heads tokens head_dim"],
    num_visual: int,
) -> Float[Tensor, "views heads tokens head_dim"]:
    """Attention over `num_visual` visual tokens and the causal flow queries behind them."""
    if query.is_cuda:
        return _fused(query, key, value, num_visual)
    return _in_blocks(query, key, value, num_visual)


def _fused(
    query: Float[Tensor, "views heads tokens head_dim"],
    key: Float[Tensor, "views kv_heads tokens head_dim"],
    value: Float[Tensor, "views kv_heads tokens head_dim"],
    num_visual: int,
) -> Float[Tensor, "views heads tokens head_dim"]:
    visual = functional.scaled_dot_product_attention(
        query[:, :, :num_visual], key[:, :, :num_visual], value[:, :, :num_visual], enable_gqa=True
    )
    causal = functional.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=True)
    return torch.cat([visual, causal[:, :, num_visual:]], dim=2)


def _in_blocks(
    query: Float[Tensor, "views heads tokens head_dim"],
    key: Float[Tensor, "views kv_heads tokens head_dim"],
    value: Float[Tensor, "views kv_heads tokens head_dim"],
    num_visual: int,
) -> Float[Tensor, "views heads tokens head_dim"]:
    num_tokens = query.shape[2]
    blocks = [_attended(query[:, :, :num_visual], key[:, :, :num_visual], value[:, :, :num_visual])]
    for start in range(num_visual, num_tokens, _QUERIES_AT_ONCE):
        stop = min(start + _QUERIES_AT_ONCE, num_tokens)
        seen = slice(0, stop)
        blocks.append(_attended(query[:, :, start:stop], key[:, :, seen], value[:, :, seen], causal=True))
    return torch.cat(blocks, dim=2)


def _attended(
    query: Float[Tensor, "views heads queries head_dim"],
    key: Float[Tensor, "views kv_heads keys head_dim"],
    value: Float[Tensor, "views kv_heads keys head_dim"],
    *,
    causal: bool = False,
) -> Float[Tensor, "views heads queries head_dim"]:
    """Grouped-query attention by plain products; `causal` where the last keys are those of the queries themselves."""
    num_queries, head_dim = query.shape[2:]
    stacked = query.unflatten(1, (key.shape[1], -1)).flatten(0, 1).flatten(1, 2)  # (groups, shared * queries, head_dim)
    scores = torch.bmm(stacked * head_dim**-0.5, key.flatten(0, 1).transpose(1, 2))  # (groups, shared * queries, keys)
    if causal:
        later = torch.ones(num_queries, num_queries, dtype=torch.bool, device=query.device).triu(1)
        own = scores.unflatten(1, (-1, num_queries))[..., -num_queries:]  # (groups, shared, queries, queries)
        own.masked_fill_(later, float("-inf"))
    mixed = torch.bmm(torch.softmax(scores, dim=-1), value.flatten(0, 1))  # (groups, shared * queries, head_dim)
    return mixed.view(query.shape)
