"""The two attentions of the vision tokenizer's layers: over the whole view, and within windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from model_runtime.deepencoder_v2.configuration import VisionTokenizerConfig
from model_runtime.deepencoder_v2.decomposed_attention import decomposed_attention
from model_runtime.deepencoder_v2.relative_positions import relative_vectors

if TYPE_CHECKING:
    from jaxtyping import Float


class GlobalAttention(nn.Module):
    """Every patch attends to every patch of its view. `table_size` is the grid that the position tables were made for."""

    def __init__(self, config: VisionTokenizerConfig, table_size: int) -> None:
        super().__init__()
        self.num_heads = config.num_heads
        self.qkv = nn.Linear(config.dim, 3 * config.dim)
        self.proj = nn.Linear(config.dim, config.dim)
        self.relative_rows = nn.Parameter(torch.zeros(2 * table_size - 1, config.head_dim))
        self.relative_cols = nn.Parameter(torch.zeros(2 * table_size - 1, config.head_dim))

    def forward(self, patches: Float[Tensor, "views rows cols dim"]) -> Float[Tensor, "views rows cols dim"]:
        return self.proj(self.attend(self.qkv(patches)))

    def attend(self, qkv: Float[Tensor, "grids rows cols 3*dim"]) -> Float[Tensor, "grids rows cols dim"]:
        """Attention within each grid, given the queries, keys and values of its cells side by side."""
        _, rows, cols, _ = qkv.shape
        heads = qkv.flatten(1, 2).unflatten(-1, (3, self.num_heads, -1))  # (grids, tokens, 3, heads, head_dim)
        query, key, value = heads.permute(2, 0, 3, 1, 4)  # each (grids, heads, tokens, head_dim)
        row_vectors = relative_vectors(self.relative_rows, rows)
        col_vectors = relative_vectors(self.relative_cols, cols)
        mixed = decomposed_attention(query, key, value, row_vectors, col_vectors)
        return mixed.transpose(1, 2).flatten(2).unflatten(1, (rows, cols))


class WindowedAttention(GlobalAttention):
    """Every patch attends to the patches of its window.

    Views that no whole number of windows covers are padded at the right and the bottom, and padding is attended to: SAM was
    trained so. Padding is zero before the projection to queries, keys and values, and so it is that projection's bias
    behind it; nothing else is ever computed for it.
    """

    def __init__(self, config: VisionTokenizerConfig) -> None:
        super().__init__(config, table_size=config.window_size)
        self.window_size = config.window_size

    def forward(self, patches: Float[Tensor, "views rows cols dim"]) -> Float[Tensor, "views rows cols dim"]:
        _, rows, cols, _ = patches.shape
        padded = self._padded(self.qkv(patches))  # (views, padded_rows, padded_cols, 3 * dim)
        mixed = self.attend(_windows(padded, self.window_size))  # (views * windows, window, window, dim)
        whole = _unwindowed(mixed, padded.shape[1], padded.shape[2])  # (views, padded_rows, padded_cols, dim)
        return self.proj(whole[:, :rows, :cols])

    def _padded(self, qkv: Float[Tensor, "views rows cols 3*dim"]) -> Float[Tensor, "views padded_rows padded_cols 3*dim"]:
        views, rows, cols, width = qkv.shape
        padded_rows, padded_cols = (-(-size // self.window_size) * self.window_size for size in (rows, cols))
        if (padded_rows, padded_cols) == (rows, cols):
            return qkv
        padded = self.qkv.bias.expand(views, padded_rows, padded_cols, width).clone()
        padded[:, :rows, :cols] = qkv
        return padded


def _windows(
    grid: Float[Tensor, "views rows cols channels"], window: int
) -> Float[Tensor, "views_windows {window} {window} channels"]:
    tiles = grid.unflatten(2, (-1, window)).unflatten(1, (-1, window))  # (views, down, window, across, window, channels)
    return tiles.transpose(2, 3).flatten(0, 2)


def _unwindowed(
    windows: Float[Tensor, "views_windows window window dim"], rows: int, cols: int
) -> Float[Tensor, "views {rows} {cols} dim"]:
    window = windows.shape[1]
    tiles = windows.unflatten(0, (-1, rows // window, cols // window))  # (views, down, across, window, window, dim)
    return tiles.transpose(2, 3).flatten(3, 4).flatten(1, 2)
