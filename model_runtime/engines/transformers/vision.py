"""Views of pages into visual tokens: by our encoder, with the weights of Transformers' own, or by the latter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model_runtime.deepencoder_v2 import DeepEncoder, DeepEncoderConfig, Layout, assembled, renamed
from model_runtime.tiling import Views, normalised

if TYPE_CHECKING:
    from jaxtyping import Float
    from transformers import DeepseekOcr2ForConditionalGeneration

_VIEWS_AT_ONCE = {"cuda": 24}
"""Elsewhere views go one by one: together they are not faster there and take more memory."""


class Vision(Protocol):
    """Encodes pages."""

    def visual_tokens(self, pages: Sequence[Views]) -> list[Float[Tensor, "visual dim"]]:
        """The visual tokens of each page: its crops, its global view, the separator."""
        ...


class OurVision:
    """DeepEncoder V2 of this project."""

    def __init__(self, encoder: DeepEncoder) -> None:
        self._encoder = encoder

    @classmethod
    def taking_over(cls, model: DeepseekOcr2ForConditionalGeneration, config: DeepEncoderConfig) -> OurVision:
        """With the very tensors of the native encoder, which is taken out of `model`: nothing is copied."""
        with torch.device("meta"):
            encoder = DeepEncoder(config)
        weights = {
            ours: tensor
            for name, tensor in model.state_dict().items()
            if (ours := renamed(name, Layout.NATIVE, Layout.OURS)) is not None
        }
        encoder.load_state_dict(weights, assign=True)
        del model.model.vision_tower, model.model.multi_modal_projector, model.model.view_separator
        return cls(encoder.eval().requires_grad_(False))

    def visual_tokens(self, pages: Sequence[Views]) -> list[Float[Tensor, "visual dim"]]:
        global_tokens = self._encoded(page.global_view for page in pages)
        crops = [crop for page in pages for crop in page.crops]
        crop_tokens = self._encoded(crops) if crops else global_tokens[:0]
        crops_per_page = [page.grid.num_crops for page in pages]
        return assembled(global_tokens, crop_tokens, crops_per_page, self._encoder.view_separator)

    def _encoded(self, views: Iterable[NDArray[np.uint8]]) -> Float[Tensor, "views queries dim"]:
        device = self._encoder.view_separator.device
        waiting = list(views)
        at_once = _VIEWS_AT_ONCE.get(device.type, 1)
        groups = [waiting[start : start + at_once] for start in range(0, len(waiting), at_once)]
        return torch.cat([self._encoder.encode_views(_pixels(group).to(device)) for group in groups])


class NativeVision:
    """Transformers' own encoder, page by page; its views are ours, so that none is off by a pixel."""

    def __init__(self, model: DeepseekOcr2ForConditionalGeneration) -> None:
        self._model = model

    def visual_tokens(self, pages: Sequence[Views]) -> list[Float[Tensor, "visual dim"]]:
        return [self._of(page) for page in pages]

    def _of(self, page: Views) -> Float[Tensor, "visual dim"]:
        features = self._model.get_image_features(
            self._as_input([page.global_view]),
            self._as_input(page.crops) if page.grid.num_crops else None,
            [page.grid.num_crops],
            return_dict=True,
        )
        return features.pooler_output[0]

    def _as_input(
        self, views: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]
    ) -> Float[Tensor, "views 3 height width"]:
        return _pixels(views).to(device=self._model.device, dtype=self._model.dtype)


def _pixels(views: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> Float[Tensor, "views 3 height width"]:
    return torch.from_numpy(normalised(np.stack(list(views))))
