"""Views of pages into visual tokens: by our encoder, with the weights of Transformers' own, or by the latter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model_runtime.deepencoder_v2 import DeepEncoder, DeepEncoderConfig, Layout, assembled, renamed
from model_runtime.tiling import Views, normalised

if TYPE_CHECKING:
    from jaxtyping import Float
    from transformers import DeepseekOcr2ForConditionalGeneration

EncodeViews = Callable[[Tensor], Tensor]
"""Views of one size (views, 3, height, width) to their visual tokens (views, queries, dim)."""

_VIEWS_AT_ONCE = {"cuda": 24}
"""Elsewhere views go one by one: together they are not faster there and take more memory."""


class Vision:
    """Encodes pages. The views are always cut by this project's own rule: Transformers' is a pixel off at times."""

    def __init__(self, encode_views: EncodeViews, separator: Float[Tensor, "dim"]) -> None:
        self._encode_views = encode_views
        self._separator = separator

    @classmethod
    def ours(cls, model: DeepseekOcr2ForConditionalGeneration, config: DeepEncoderConfig) -> Self:
        """DeepEncoder V2 of this project with the very tensors of the native encoder, which is taken out of `model`."""
        with torch.device("meta"):
            encoder = DeepEncoder(config)
        weights = {
            ours: tensor
            for name, tensor in model.state_dict().items()
            if (ours := renamed(name, Layout.NATIVE, Layout.OURS)) is not None
        }
        encoder.load_state_dict(weights, assign=True)
        encoder.eval().requires_grad_(False)
        del model.model.vision_tower, model.model.multi_modal_projector, model.model.view_separator
        encoder.pack()
        return cls(encoder.encode_views, encoder.view_separator)

    @classmethod
    def native(cls, model: DeepseekOcr2ForConditionalGeneration) -> Self:
        """Transformers' own encoder."""
        parts = model.model

        def encode_views(views: Float[Tensor, "views 3 height width"]) -> Float[Tensor, "views queries dim"]:
            features = parts.vision_tower(views.to(model.dtype), return_dict=True)
            return parts.multi_modal_projector(features.last_hidden_state)

        return cls(encode_views, parts.view_separator)

    def visual_tokens(self, pages: Sequence[Views]) -> list[Float[Tensor, "visual dim"]]:
        """The visual tokens of each page: its crops, its global view, the separator."""
        global_tokens = self._encoded([page.global_view for page in pages])
        crops = [crop for page in pages for crop in page.crops]
        crop_tokens = self._encoded(crops) if crops else global_tokens[:0]
        return assembled(global_tokens, crop_tokens, [page.grid.num_crops for page in pages], self._separator)

    def _encoded(self, views: Sequence[NDArray[np.uint8]]) -> Float[Tensor, "views queries dim"]:
        at_once = _VIEWS_AT_ONCE.get(self._separator.device.type, 1)
        groups = [views[start : start + at_once] for start in range(0, len(views), at_once)]
        return torch.cat([self._encode_views(self._pixels(group)) for group in groups])

    def _pixels(self, views: Sequence[NDArray[np.uint8]]) -> Float[Tensor, "views 3 height width"]:
        return torch.from_numpy(normalised(np.stack(views))).to(self._separator.device)
