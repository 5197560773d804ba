"""Position tables of the vision tokenizer, brought to the size of a view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from jaxtyping import Float


def position_embedding_for(
    embedding: Float[Tensor, "1 table_rows table_cols dim"], rows: int, cols: int
) -> Float[Tensor, "1 {rows} {cols} dim"]:
    """The absolute position of every patch; tables of another size are resampled bicubically, with antialiasing."""
    if embedding.shape[1:3] == (rows, cols):
        return embedding
    table = embedding.permute(0, 3, 1, 2).float()  # (1, dim, table_rows, table_cols)
    resampled = functional.interpolate(table, size=(rows, cols), mode="bicubic", align_corners=False, antialias=True)
    return resampled.permute(0, 2, 3, 1).to(embedding.dtype)  # (1, rows, cols, dim)


def relative_vectors(table: Float[Tensor, "distances head_dim"], size: int) -> Float[Tensor, "{size} {size} head_dim"]:
    """For each query position and each key position along one axis, the vector of their distance.

    Tables of another size are stretched linearly, in float32 as the official code does.
    """
    num_distances = 2 * size - 1
    if table.shape[0] != num_distances:
        channels = table.transpose(0, 1).float().unsqueeze(0)  # (1, head_dim, distances)
        stretched = functional.interpolate(channels, size=num_distances, mode="linear")
        table = stretched.squeeze(0).transpose(0, 1).to(table.dtype)  # (2 * size - 1, head_dim)
    positions = torch.arange(size, device=table.device)
    return table[positions[:, None] - positions[None, :] + size - 1]
