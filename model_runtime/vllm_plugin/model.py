"""The model class that takes the place of vLLM's own: its decoder, our encoder."""

from __future__ import annotations

from model_runtime.vllm_plugin.surface import MODEL, require

require(MODEL)

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import nn
from vllm.model_executor.models.deepseek_ocr2 import DeepseekOCR2ForCausalLM
from vllm.model_executor.models.module_mapping import MultiModelKeys
from vllm.model_executor.models.utils import AutoWeightsLoader, init_vllm_registered_model, maybe_prefix
from vllm.multimodal import MULTIMODAL_REGISTRY

from model_runtime.deepencoder_v2 import DeepEncoder, DeepEncoderConfig, Layout, renamed
from model_runtime.vllm_plugin.encoder_batches import EncoderBatches
from model_runtime.vllm_plugin.page_views import page_views, pages_in
from model_runtime.vllm_plugin.processing import PIXELS, SIZES, PageDummyInputs, PageProcessingInfo
from model_runtime.vllm_plugin.processor import PageProcessor

if TYPE_CHECKING:
    from vllm.config import VllmConfig
    from vllm.model_executor.models.interfaces import MultiModalEmbeddings


@MULTIMODAL_REGISTRY.register_processor(PageProcessor, info=PageProcessingInfo, dummy_inputs=PageDummyInputs)
class PageReader(DeepseekOCR2ForCausalLM):
    """DeepSeek-OCR 2 with pages encoded in batches.

    The decoder, its weights' names and the calls that vLLM makes are upstream's; nothing of upstream's encoder is
    built.
    """

    def __init__(self, *, vllm_config: VllmConfig, prefix: str = "") -> None:
        nn.Module.__init__(self)  # upstream's own would build upstream's encoder
        model_config = vllm_config.model_config
        self.config = model_config.hf_config
        self.multimodal_config = model_config.multimodal_config
        self.text_config = self.config.text_config
        with self._mark_tower_model(vllm_config, "image"):
            self.encoder = DeepEncoder(_encoder_config(self.config))
        with self._mark_language_model(vllm_config):
            self.language_model = init_vllm_registered_model(
                vllm_config=vllm_config, hf_config=self.text_config, prefix=maybe_prefix(prefix, "language_model")
            )
        self.make_empty_intermediate_tensors = self.language_model.make_empty_intermediate_tensors
        self._encode = EncoderBatches(self.encoder, compiled=not model_config.enforce_eager)

    def embed_multimodal(self, **kwargs: object) -> MultiModalEmbeddings | None:
        """The visual tokens of each page of a step."""
        pixels, sizes = kwargs.get(PIXELS), kwargs.get(SIZES)
        if not isinstance(pixels, torch.Tensor) or not isinstance(sizes, torch.Tensor):
            return None
        pages = pages_in(pixels, sizes.tolist())
        return self._encode(page_views(pages, self.encoder.view_separator.dtype))

    def load_weights(self, weights: Iterable[tuple[str, torch.Tensor]]) -> set[str]:
        loader = AutoWeightsLoader(self)
        return loader.load_weights(_named(weights), mapper=self.hf_to_vllm_mapper)

    def get_mm_mapping(self) -> MultiModelKeys:
        return MultiModelKeys.from_string_field(
            language_model="language_model", connector="encoder.projector", tower_model="encoder"
        )


def _encoder_config(config: object) -> DeepEncoderConfig:
    parts = {name: getattr(config, name) for name in ("vision_config", "projector_config")}
    return DeepEncoderConfig.from_model_config({name: part.to_dict() for name, part in parts.items()})


def _named(weights: Iterable[tuple[str, torch.Tensor]]) -> Iterator[tuple[str, torch.Tensor]]:
    """The encoder's tensors under our names; the decoder's under the official ones, which upstream's mapper knows."""
    for name, tensor in weights:
        ours = renamed(name, Layout.OFFICIAL, Layout.OURS)
        yield (f"encoder.{ours}" if ours else name), tensor
