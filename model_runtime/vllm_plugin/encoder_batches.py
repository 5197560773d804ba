"""Any number of views through the encoder, in few batches whose sizes are fixed, so that each is compiled once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

import torch
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from model_runtime.deepencoder_v2 import DeepEncoder, assembled
from model_runtime.tiling import CROP_PX, GLOBAL_VIEW_PX
from model_runtime.vllm_plugin.page_views import NUM_CHANNELS, PageViews

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor

GLOBAL_VIEWS_AT_ONCE = (1, 2, 4, 8)
CROPS_AT_ONCE = (6, 12, 24, 48)
"""Larger batches are no faster a view on the largest cards and hold more memory."""

_MOST_PADDING = 0.1
"""The part of a batch that may be empty before two smaller ones are the better choice."""

_MANY_SHAPES = 64

_ATTENTION_KERNELS = [
    SDPBackend.CUDNN_ATTENTION,
    SDPBackend.FLASH_ATTENTION,
    SDPBackend.EFFICIENT_ATTENTION,
    SDPBackend.MATH,
]
"""The best first. vLLM switches cuDNN's off for the whole process; of the others none but the slowest two take values
that are narrower than queries."""

log = logging.getLogger("vllm.plugins.ocr2_loaders")


class EncoderBatches:
    """Encodes the views of many pages at a time.

    `warm_up` runs every batch size once. The first call does so by itself: vLLM makes it while it measures how much
    memory is left for the cache of the decoder, so that compilation is over and its memory accounted for before the
    first request.
    """

    def __init__(self, encoder: DeepEncoder, *, compiled: bool) -> None:
        self._encoder = encoder
        self._is_warm = False
        self._compiled = compiled

    def __call__(self, views: PageViews) -> list[Float[Tensor, "_ output_dim"]]:
        """The visual tokens of each page."""
        if not self._is_warm:
            self.warm_up(views.global_views)
        global_tokens = self._encoded(views.global_views, GLOBAL_VIEWS_AT_ONCE)
        crop_tokens = self._encoded(views.crops, CROPS_AT_ONCE) if len(views.crops) else global_tokens[:0]
        return assembled(global_tokens, crop_tokens, views.crops_per_page, self._encoder.view_separator)

    def warm_up(self, like: Tensor) -> None:
        """Runs every batch size once, compiling first where that was asked for."""
        self._is_warm = True
        start = perf_counter()
        if self._compiled:
            compile_layers(self._encoder)
        with torch._dynamo.config.patch(recompile_limit=_MANY_SHAPES):  # noqa: SLF001 - there is no public way
            for side, sizes in ((GLOBAL_VIEW_PX, GLOBAL_VIEWS_AT_ONCE), (CROP_PX, CROPS_AT_ONCE)):
                for size in reversed(sizes):
                    self._encoded(like.new_zeros(size, NUM_CHANNELS, side, side), sizes)
        log.info("ocr2-loaders: the encoder's batch sizes took %.0f s to prepare", perf_counter() - start)

    def _encoded(
        self, views: Float[Tensor, "views 3 side side"], sizes: Sequence[int]
    ) -> Float[Tensor, "views queries output_dim"]:
        with sdpa_kernel(_ATTENTION_KERNELS, set_priority=True):
            return in_batches(self._encoder.encode_views, views, sizes)


def compile_layers(encoder: DeepEncoder) -> None:
    """Compiles the layers one by one: equal layers share their code, which saves nine tenths of the time."""
    for layer in (*encoder.vision_tokenizer.layers, *encoder.causal_flow_encoder.layers):
        layer.compile(dynamic=False)


def in_batches(encode: Callable[[Tensor], Tensor], views: Tensor, sizes: Sequence[int]) -> Tensor:
    """`encode` over all views, in batches of the sizes given; the last one is filled up with zeros."""
    parts = []
    start = 0
    for size in batch_plan(len(views), sizes):
        batch = views[start : start + size]
        full = functional.pad(batch, (0, 0) * (views.dim() - 1) + (0, size - len(batch)))
        parts.append(encode(full)[: len(batch)])
        start += size
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def batch_plan(num_views: int, sizes: Sequence[int]) -> list[int]:
    """The batches for so many views: the largest while it fills, then what holds the rest without much waste."""
    plan: list[int] = []
    left = num_views
    while left > 0:
        holding = min((size for size in sizes if size >= left), default=None)
        fitting = max((size for size in sizes if size <= left), default=None)
        wasteful = holding is None or (fitting is not None and holding - left > _MOST_PADDING * holding)
        size = fitting if wasteful and fitting is not None else holding
        if size is None:
            raise ValueError("there is no batch size to choose from")
        plan.append(size)
        left -= size
    return plan
