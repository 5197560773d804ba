"""The projector: one linear map from the encoder's width to the decoder's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from model_runtime.deepencoder_v2.configuration import DeepEncoderConfig
from model_runtime.deepencoder_v2.linear import Linear

if TYPE_CHECKING:
    from jaxtyping import Float


class Projector(nn.Module):
    def __init__(self, config: DeepEncoderConfig) -> None:
        super().__init__()
        self.linear = Linear(config.causal_flow.dim, config.output_dim)

    def forward(self, tokens: Float[Tensor, "views queries dim"]) -> Float[Tensor, "views queries output_dim"]:
        return self.linear(tokens)
