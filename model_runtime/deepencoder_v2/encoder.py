"""DeepEncoder V2 as a whole: the views of pages in, their visual tokens out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from model_runtime.deepencoder_v2.causal_flow_encoder import CausalFlowEncoder
from model_runtime.deepencoder_v2.configuration import DeepEncoderConfig
from model_runtime.deepencoder_v2.linear import Linear
from model_runtime.deepencoder_v2.projector import Projector
from model_runtime.deepencoder_v2.vision_tokenizer import VisionTokenizer
from model_runtime.tiling import MEAN, STD

if TYPE_CHECKING:
    from jaxtyping import Float, UInt8


class DeepEncoder(nn.Module):
    """Vision tokenizer, causal-flow encoder and projector, and the separator behind every page."""

    def __init__(self, config: DeepEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.vision_tokenizer = VisionTokenizer(config.vision_tokenizer)
        self.causal_flow_encoder = CausalFlowEncoder(config.causal_flow)
        self.projector = Projector(config)
        self.view_separator = nn.Parameter(torch.empty(config.output_dim))
        nn.init.normal_(self.view_separator, std=config.output_dim**-0.5)

    def forward(
        self,
        global_views: Float[Tensor, "pages 3 height width"],
        crops: Float[Tensor, "crops 3 crop_height crop_width"],
        crops_per_page: Sequence[int],
    ) -> list[Float[Tensor, "_ output_dim"]]:
        """The visual tokens of each page: its crops, row by row, then its global view, then the separator.

        `crops` holds the crops of all pages one after the other, `crops_per_page` says how many are whose. All global
        views are encoded in one batch and all crops in another. Raises ValueError where the counts do not add up.
        """
        if len(crops_per_page) != len(global_views) or sum(crops_per_page) != len(crops):
            raise ValueError(
                f"{len(global_views)} global views and {len(crops)} crops do not match {crops_per_page} crops per page"
            )
        global_tokens = self.encode_views(global_views)
        crop_tokens = self.encode_views(crops) if len(crops) else global_tokens[:0]
        return assembled(global_tokens, crop_tokens, crops_per_page, self.view_separator)

    def encode_views(self, views: Float[Tensor, "views 3 height width"]) -> Float[Tensor, "views queries output_dim"]:
        """The visual tokens of views of one size. No branch depends on data: `torch.compile` makes one graph of it."""
        views = views.to(self.view_separator.dtype)
        return self.projector(self.causal_flow_encoder(self.vision_tokenizer(views)))

    def pack(self) -> None:
        """Readies the weights for inference alone, where they are on a CPU: see `Linear.pack`."""
        for module in self.modules():
            if isinstance(module, Linear):
                module.pack()


def assembled(
    global_tokens: Float[Tensor, "pages global_queries output_dim"],
    crop_tokens: Float[Tensor, "crops crop_queries output_dim"],
    crops_per_page: Sequence[int],
    separator: Float[Tensor, " output_dim"],
) -> list[Float[Tensor, "_ output_dim"]]:
    """The tokens of each page in the order in which the decoder reads them."""
    of_pages = crop_tokens.split(list(crops_per_page))
    return [
        torch.cat([crops.flatten(0, 1), whole, separator.unsqueeze(0)])
        for crops, whole in zip(of_pages, global_tokens, strict=True)
    ]


def normalised_views(
    pixels: UInt8[Tensor, "views height width 3"], dtype: torch.dtype
) -> Float[Tensor, "views 3 height width"]:
    """8-bit views, as `tiling.views_of` makes them, as the encoder's input: fewer bytes travel to the device."""
    values = pixels.permute(0, 3, 1, 2).float() / 255
    return ((values - MEAN) / STD).to(dtype)
