"""The way in, where vLLM's releases agree: sizes, counts, and what travels to the engine, which is the page as it is,
once.

Upstream's processor cuts, resizes and normalises on the host and ships 55 MB of floats a page; this one ships the 8-bit
pixels, 5.8 MB for a letter page at 144 dpi, in one flat tensor for all pages of a step, and their sizes, which stay on
the host. `processor` holds what the releases do not agree on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from transformers import BatchFeature
from vllm.multimodal.inputs import MultiModalFieldConfig
from vllm.multimodal.parse import ImageEmbeddingItems, ImageProcessorItems
from vllm.multimodal.processing import (
    BaseDummyInputsBuilder,
    BaseMultiModalProcessor,
    BaseProcessingInfo,
    PromptReplacement,
)
from vllm.transformers_utils.configs.deepseek_vl2 import DeepseekVLV2Config

from model_runtime.errors import PageRejected
from model_runtime.tiling import CROP_PX, MAX_CROPS, num_visual_tokens
from model_runtime.vllm_plugin.page_pixels import rgb_pixels
from model_runtime.vllm_plugin.page_views import NUM_CHANNELS
from model_runtime.vocabulary import IMAGE

if TYPE_CHECKING:
    from vllm.inputs import MultiModalDataDict
    from vllm.multimodal.inputs import MultiModalKwargsItems
    from vllm.multimodal.parse import MultiModalDataItems
    from vllm.multimodal.processing import PromptUpdate

PIXELS = "page_pixels"
SIZES = "page_sizes"
_MODALITY = "image"
_LARGEST_PAGE = (2 * CROP_PX, 3 * CROP_PX)
"""A page, width and height, with the most crops there can be."""


class PageProcessingInfo(BaseProcessingInfo):
    """What vLLM asks about pages before it sees one."""

    def get_hf_config(self) -> DeepseekVLV2Config:
        return self.ctx.get_hf_config(DeepseekVLV2Config)

    def get_supported_mm_limits(self) -> Mapping[str, int | None]:
        return {_MODALITY: None}

    def get_mm_max_tokens_per_item(self, seq_len: int, mm_counts: Mapping[str, int]) -> Mapping[str, int]:
        return {_MODALITY: num_visual_tokens(*_LARGEST_PAGE, MAX_CROPS)}

    @property
    def image_token_id(self) -> int:
        return int(self.get_tokenizer().get_vocab()[IMAGE])


class PageDummyInputs(BaseDummyInputsBuilder[PageProcessingInfo]):
    """The largest page, with which vLLM measures the encoder's memory. Upstream's has four crops of six."""

    def get_dummy_text(self, mm_counts: Mapping[str, int]) -> str:
        return IMAGE * mm_counts.get(_MODALITY, 0)

    def get_dummy_mm_data(
        self, seq_len: int, mm_counts: Mapping[str, int], mm_options: Mapping[str, object]
    ) -> MultiModalDataDict:
        width, height = _LARGEST_PAGE
        return {_MODALITY: [Image.new("RGB", (width, height), "white")] * mm_counts.get(_MODALITY, 0)}


class SharedPageProcessing(BaseMultiModalProcessor[PageProcessingInfo]):
    """The parts of the processor that all releases have in common."""

    def _get_mm_fields_config(
        self, hf_inputs: BatchFeature, hf_processor_mm_kwargs: Mapping[str, object]
    ) -> Mapping[str, MultiModalFieldConfig]:
        sizes = hf_inputs.get(SIZES, torch.empty((0, 2), dtype=torch.int64))
        return {
            PIXELS: MultiModalFieldConfig.flat_from_sizes(_MODALITY, sizes.prod(dim=-1) * NUM_CHANNELS),
            SIZES: MultiModalFieldConfig.batched(_MODALITY, keep_on_cpu=True),
        }

    def _get_prompt_updates(
        self,
        mm_items: MultiModalDataItems,
        hf_processor_mm_kwargs: Mapping[str, object],
        out_mm_kwargs: MultiModalKwargsItems,
    ) -> Sequence[PromptUpdate]:
        token = self.info.image_token_id

        def visual_tokens(item: int) -> list[int]:
            images = mm_items.get_items(_MODALITY, (ImageEmbeddingItems, ImageProcessorItems))
            if isinstance(images, ImageEmbeddingItems):
                return [token] * images.get_feature_size(item)
            size = images.get_image_size(item)
            return [token] * _num_visual_tokens(size.width, size.height)

        return [PromptReplacement(modality=_MODALITY, target=[token], replacement=visual_tokens)]


def pixels_and_sizes(images: Sequence[object]) -> dict[str, torch.Tensor]:
    """What travels for these images: their pixels, flat and one after the other, and the (height, width) of each."""
    pages = [rgb_pixels(image) for image in images]
    flat = [torch.from_numpy(page.reshape(-1)) for page in pages]
    return {
        PIXELS: flat[0] if len(flat) == 1 else torch.cat(flat),
        SIZES: torch.from_numpy(np.array([page.shape[:2] for page in pages], np.int64)),
    }


def _num_visual_tokens(width: int, height: int) -> int:
    try:
        return num_visual_tokens(width, height)
    except PageRejected as rejection:
        raise ValueError(str(rejection)) from rejection  # what vLLM's front ends answer with a refusal of the request
