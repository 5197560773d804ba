"""The two attentions of the vision tokenizer's layers: over the whole view, and within windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from model_runtime.deepencoder_v2.configuration import VisionTokenizerConfig
from model_runtime.deepencoder_v2.decomposed_attention import decomposed_attention
from model_runtime.deepencoder_v2.linear import Linear
from model_runtime.deepencoder_v2.relative_positions import relative_vectors

if TYPE_CHECKING:
    from jaxtyping import Float


class GlobalAttention(nn.Module):
    """Every patch attends to every patch of its view. `table_size` is the grid the position tables were made for."""

    def __init__(self, config: VisionTokenizerConfig, table_size: int) -> None:
        super().__init__()
        self.num_heads = config.num_heads
        self.qkv = Linear(config.dim, 3 * config.dim)
        self.proj = Linear(config.dim, config.dim)
        self.relative_rows = nn.Parameter(torch.zeros(2 * table_size - 1, config.head_dim))
        self.relative_cols = nn.Parameter(torch.zeros(2 * table_size - 1, config.head_dim))

    def forward(self, patches: Float[Tensor, "views rows cols dim"]) -> Float[Tensor, "views rows cols dim"]:
        qkv = self.qkv(patches).flatten(1, 2).unflatten(-1, (3, self.num_heads, -1))
        mixed = self.attend(qkv.permute(2, 0, 3, 1, 4), *patches.shape[1:3])  # (views, heads, tokens, head_dim)
        return self.proj(mixed.transpose(1, 2).flatten(2).view(patches.shape))

    def attend(
        self, qkv: Float[Tensor, "3 grids heads tokens head_dim"], rows: int, cols: int
    ) -> Float[Tensor, "grids heads tokens head_dim"]:
        """Attention within each grid of rows x cols tokens, given its queries, keys and values."""
        row_vectors = relative_vectors(self.relative_rows, rows)
        col_vectors = relative_vectors(self.relative_cols, cols)
        return decomposed_attention(qkv[0], qkv[1], qkv[2], row_vectors, col_vectors)


class WindowedAttention(GlobalAttention):
    """Every patch attends to the patches of its window.

    Views that no whole number of windows covers are padded at the right and the bottom, and padding is attended to: SAM
    was trained so. Padding is zero before the projection to queries, keys and values, and so it is that projection's
    bias behind it; nothing else is ever computed for it.
    """

    def __init__(self, config: VisionTokenizerConfig) -> None:
        super().__init__(config, table_size=config.window_size)
        self.window_size = config.window_size

    def forward(self, patches: Float[Tensor, "views rows cols dim"]) -> Float[Tensor, "views rows cols dim"]:
        _, rows, cols, _ = patches.shape
        qkv = self._padded(self.qkv(patches))  # (views, padded_rows, padded_cols, 3 * dim)
        mixed = self.attend(self._windows(qkv), self.window_size, self.window_size)
        whole = self._unwindowed(mixed, *qkv.shape[1:3])  # (views, padded_rows, padded_cols, dim)
        return self.proj(whole[:, :rows, :cols].contiguous())  # a product with anything else repeats the weights

    def _padded(
        self, qkv: Float[Tensor, "views rows cols qkv_dim"]
    ) -> Float[Tensor, "views padded_rows padded_cols qkv_dim"]:
        views, rows, cols, width = qkv.shape
        padded_rows, padded_cols = (-(-size // self.window_size) * self.window_size for size in (rows, cols))
        if (padded_rows, padded_cols) == (rows, cols):
            return qkv
        padded = self.qkv.bias.expand(views, padded_rows, padded_cols, width).clone()
        padded[:, :rows, :cols] = qkv
        return padded

    def _windows(
        self, qkv: Float[Tensor, "views rows cols qkv_dim"]
    ) -> Float[Tensor, "3 all_windows heads tokens head_dim"]:
        side = self.window_size
        tiles = qkv.unflatten(3, (3, self.num_heads, -1)).unflatten(2, (-1, side)).unflatten(1, (-1, side))
        # (views, down, row, across, col, 3, heads, head_dim) -> (3, views, down, across, heads, row, col, head_dim)
        return tiles.permute(5, 0, 1, 3, 6, 2, 4, 7).flatten(5, 6).flatten(1, 3)

    def _unwindowed(
        self, windows: Float[Tensor, "all_windows heads tokens head_dim"], rows: int, cols: int
    ) -> Float[Tensor, "views rows cols dim"]:
        side = self.window_size
        tiles = windows.unflatten(2, (side, side)).unflatten(0, (-1, rows // side, cols // side))
        # (views, down, across, heads, row, col, head_dim) -> (views, down, row, across, col, heads, head_dim)
        return tiles.permute(0, 1, 4, 2, 5, 3, 6).flatten(5, 6).flatten(3, 4).flatten(1, 2)
