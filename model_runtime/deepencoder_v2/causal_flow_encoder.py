"""The causal-flow encoder (paper, 3.2.2 to 3.2.4): Qwen2 layers that re-order a view by its meaning.

The visual tokens come first and see each other. As many learned causal flow queries stand behind them; each sees all
visual tokens and the queries up to itself. Only the queries go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from model_runtime.deepencoder_v2.causal_flow_attention import causal_flow_attention
from model_runtime.deepencoder_v2.configuration import CausalFlowConfig
from model_runtime.deepencoder_v2.linear import Linear
from model_runtime.tiling import CROP_TOKENS, GLOBAL_VIEW_TOKENS

if TYPE_CHECKING:
    from jaxtyping import Float

_QUERY_STD = 0.02


class Rotation(NamedTuple):
    """Rotary position embedding of every token."""

    cos: Float[Tensor, "tokens head_dim"]
    sin: Float[Tensor, "tokens head_dim"]


class CausalFlowEncoder(nn.Module):
    """Turns the visual tokens of a view into the same number of tokens in reading order."""

    def __init__(self, config: CausalFlowConfig) -> None:
        super().__init__()
        self.config = config
        self.layers = nn.ModuleList(CausalFlowLayer(config) for _ in range(config.num_layers))
        self.norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        self.crop_queries = nn.Parameter(torch.empty(CROP_TOKENS, config.dim))
        self.global_queries = nn.Parameter(torch.empty(GLOBAL_VIEW_TOKENS, config.dim))
        for queries in (self.crop_queries, self.global_queries):
            nn.init.normal_(queries, std=_QUERY_STD)

    def forward(self, grid: Float[Tensor, "views dim rows cols"]) -> Float[Tensor, "views queries dim"]:
        visual = grid.flatten(2).transpose(1, 2)  # (views, visual, dim)
        num_visual = visual.shape[1]
        queries = self.queries_for(num_visual).expand(visual.shape[0], -1, -1)  # (views, queries, dim)
        tokens = torch.cat([visual, queries], dim=1)  # (views, visual + queries, dim)
        rotation = rotation_of(tokens, self.config)
        for layer in self.layers:
            tokens = layer(tokens, rotation, num_visual)
        return self.norm(tokens[:, num_visual:])

    def queries_for(self, num_visual: int) -> Float[Tensor, "queries dim"]:
        """The crops' queries for up to 144 visual tokens, the global view's for more."""
        return self.crop_queries if num_visual <= CROP_TOKENS else self.global_queries


class CausalFlowLayer(nn.Module):
    def __init__(self, config: CausalFlowConfig) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        self.attention = CausalFlowAttention(config)
        self.mlp_norm = nn.RMSNorm(config.dim, eps=config.norm_eps)
        self.mlp = GatedMlp(config)

    def forward(
        self, tokens: Float[Tensor, "views tokens dim"], rotation: Rotation, num_visual: int
    ) -> Float[Tensor, "views tokens dim"]:
        tokens = tokens + self.attention(self.attention_norm(tokens), rotation, num_visual)
        return tokens + self.mlp(self.mlp_norm(tokens))


class CausalFlowAttention(nn.Module):
    """Grouped-query attention: both ways among the visual tokens, causal for the queries behind them."""

    def __init__(self, config: CausalFlowConfig) -> None:
        super().__init__()
        self.head_dim = config.head_dim
        self.q_proj = Linear(config.dim, config.num_heads * config.head_dim)
        self.k_proj = Linear(config.dim, config.num_kv_heads * config.head_dim)
        self.v_proj = Linear(config.dim, config.num_kv_heads * config.head_dim)
        self.o_proj = Linear(config.num_heads * config.head_dim, config.dim, bias=False)

    def forward(
        self, tokens: Float[Tensor, "views tokens dim"], rotation: Rotation, num_visual: int
    ) -> Float[Tensor, "views tokens dim"]:
        query = rotated(self._heads(self.q_proj(tokens)), rotation)
        key = rotated(self._heads(self.k_proj(tokens)), rotation)
        value = self._heads(self.v_proj(tokens))
        mixed = causal_flow_attention(query, key, value, num_visual)  # (views, heads, tokens, head_dim)
        return self.o_proj(mixed.transpose(1, 2).flatten(2))

    def _heads(self, projected: Float[Tensor, "views tokens width"]) -> Float[Tensor, "views heads tokens head_dim"]:
        return projected.unflatten(-1, (-1, self.head_dim)).transpose(1, 2)


class GatedMlp(nn.Module):
    def __init__(self, config: CausalFlowConfig) -> None:
        super().__init__()
        self.gate_proj = Linear(config.dim, config.mlp_dim, bias=False)
        self.up_proj = Linear(config.dim, config.mlp_dim, bias=False)
        self.down_proj = Linear(config.mlp_dim, config.dim, bias=False)

    def forward(self, tokens: Float[Tensor, "views tokens dim"]) -> Float[Tensor, "views tokens dim"]:
        return self.down_proj(functional.silu(self.gate_proj(tokens)) * self.up_proj(tokens))


def rotation_of(tokens: Float[Tensor, "views tokens dim"], config: CausalFlowConfig) -> Rotation:
    """The rotation of each token's position, computed in float32."""
    exponents = torch.arange(0, config.head_dim, 2, device=tokens.device, dtype=torch.float32) / config.head_dim
    positions = torch.arange(tokens.shape[1], device=tokens.device, dtype=torch.float32)
    angles = torch.outer(positions, config.rope_theta**-exponents).repeat(1, 2)  # (tokens, head_dim)
    return Rotation(angles.cos().to(tokens.dtype), angles.sin().to(tokens.dtype))


def rotated(
    heads: Float[Tensor, "views heads tokens head_dim"], rotation: Rotation
) -> Float[Tensor, "views heads tokens head_dim"]:
    first, second = heads.chunk(2, dim=-1)
    return heads * rotation.cos + torch.cat([-second, first], dim=-1) * rotation.sin
