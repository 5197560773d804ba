"""The vision tokenizer (paper, 3.2.1): SAM ViT-B, its neck, two convolutions that leave one token of sixteen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from model_runtime.deepencoder_v2.configuration import VisionTokenizerConfig
from model_runtime.deepencoder_v2.linear import Linear, linear
from model_runtime.deepencoder_v2.relative_positions import position_embedding_for
from model_runtime.deepencoder_v2.vision_attention import GlobalAttention, WindowedAttention

if TYPE_CHECKING:
    from jaxtyping import Float

_POSITION_STD = 0.02


class VisionTokenizer(nn.Module):
    """Turns a view into visual tokens on a grid: 16 x 16 of them for 1024 px, 12 x 12 for 768 px."""

    def __init__(self, config: VisionTokenizerConfig) -> None:
        super().__init__()
        self.patch_embedding = PatchEmbedding(config)
        self.position_embedding = nn.Parameter(torch.empty(1, config.grid_size, config.grid_size, config.dim))
        self.layers = nn.ModuleList(
            VisionLayer(config, is_global=layer in config.global_layers) for layer in range(config.num_layers)
        )
        self.neck = Neck(config)
        self.compressor = Compressor(config)
        nn.init.trunc_normal_(self.position_embedding, std=_POSITION_STD)

    def forward(self, views: Float[Tensor, "views 3 height width"]) -> Float[Tensor, "views dim token_rows token_cols"]:
        patches = self.patch_embedding(views)
        patches = patches + position_embedding_for(self.position_embedding, patches.shape[1], patches.shape[2])
        for layer in self.layers:
            patches = layer(patches)
        return self.compressor(self.neck(patches.permute(0, 3, 1, 2)))


class PatchEmbedding(nn.Conv2d):
    """A convolution whose patches do not overlap, as one product of them all.

    cuDNN has no fast kernel for it in bfloat16: on an H200 the convolution takes as long as two layers.
    """

    def __init__(self, config: VisionTokenizerConfig) -> None:
        super().__init__(3, config.dim, kernel_size=config.patch_size_px, stride=config.patch_size_px)

    def forward(self, views: Float[Tensor, "views 3 height width"]) -> Float[Tensor, "views rows cols dim"]:
        pixels = functional.pixel_unshuffle(views, self.kernel_size[0])  # (views, 3 * patch * patch, rows, cols)
        return linear(pixels.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias)


class VisionLayer(nn.Module):
    """Attention and a perceptron, each behind a norm and added to what came in."""

    def __init__(self, config: VisionTokenizerConfig, *, is_global: bool) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.dim, eps=config.norm_eps)
        self.attention = GlobalAttention(config, config.grid_size) if is_global else WindowedAttention(config)
        self.mlp_norm = nn.LayerNorm(config.dim, eps=config.norm_eps)
        self.mlp = VisionMlp(config)

    def forward(self, patches: Float[Tensor, "views rows cols dim"]) -> Float[Tensor, "views rows cols dim"]:
        patches = self.attention(self.attention_norm(patches)).add_(patches)
        return self.mlp(self.mlp_norm(patches)).add_(patches)


class VisionMlp(nn.Module):
    """A perceptron of one hidden layer."""

    def __init__(self, config: VisionTokenizerConfig) -> None:
        super().__init__()
        self.up = Linear(config.dim, config.mlp_dim)
        self.down = Linear(config.mlp_dim, config.dim)

    def forward(self, patches: Float[Tensor, "views rows cols dim"]) -> Float[Tensor, "views rows cols dim"]:
        return self.down(self.up(patches, "gelu"))


class Neck(nn.Module):
    """Narrows the patches and lets neighbours mix."""

    def __init__(self, config: VisionTokenizerConfig) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(config.dim, config.neck_dim, kernel_size=1, bias=False)
        self.narrow_norm = ChannelNorm(config.neck_dim, eps=config.norm_eps)
        self.mix = nn.Conv2d(config.neck_dim, config.neck_dim, kernel_size=3, padding=1, bias=False)
        self.mix_norm = ChannelNorm(config.neck_dim, eps=config.norm_eps)

    def forward(self, patches: Float[Tensor, "views dim rows cols"]) -> Float[Tensor, "views neck_dim rows cols"]:
        return self.mix_norm(self.mix(self.narrow_norm(self.narrow(patches))))


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of images."""

    def forward(self, images: Float[Tensor, "views channels rows cols"]) -> Float[Tensor, "views channels rows cols"]:
        return super().forward(images.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Compressor(nn.Module):
    """Two convolutions of stride 2: a quarter of the rows and of the columns is left."""

    def __init__(self, config: VisionTokenizerConfig) -> None:
        super().__init__()
        middle, last = config.compressor_dims
        self.first = nn.Conv2d(config.neck_dim, middle, kernel_size=3, stride=2, padding=1, bias=False)
        self.second = nn.Conv2d(middle, last, kernel_size=3, stride=2, padding=1, bias=False)

    def forward(
        self, patches: Float[Tensor, "views neck_dim rows cols"]
    ) -> Float[Tensor, "views last fewer_rows fewer_cols"]:
        return self.second(self.first(patches))
