"""The way in, where vLLM's releases differ: 0.25 hands over prompt and images, 0.32 the images alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from transformers import BatchFeature
from vllm.multimodal.processing import BaseMultiModalProcessor

from model_runtime.vllm_plugin.processing import SharedPageProcessing, pixels_and_sizes

_TAKES_IMAGES_ALONE = hasattr(BaseMultiModalProcessor, "_get_hf_mm_inputs")


class _ProcessorOfImages(SharedPageProcessing):
    """vLLM 0.32."""

    def _call_hf_processor(self, hf_data: Mapping[str, object], hf_kwargs: Mapping[str, object]) -> BatchFeature:
        return BatchFeature(pixels_and_sizes(cast("Sequence[object]", hf_data["images"])))


class _ProcessorOfPrompts(SharedPageProcessing):
    """vLLM 0.25. The prompt stays as it is but for the token that opens it; vLLM puts the visual tokens in."""

    def _call_hf_processor(
        self,
        prompt: str,
        mm_data: Mapping[str, object],
        mm_kwargs: Mapping[str, object],
        tok_kwargs: Mapping[str, object],
    ) -> BatchFeature:
        tokenizer = self.info.get_tokenizer()
        data: dict[str, object] = {
            "input_ids": [[tokenizer.bos_token_id, *tokenizer.encode(prompt, add_special_tokens=False)]]
        }
        images = cast("Sequence[object]", mm_data.get("images") or ())
        return BatchFeature(data | pixels_and_sizes(images) if images else data)

    def _hf_processor_applies_updates(
        self,
        prompt_text: str,
        mm_items: object,
        hf_processor_mm_kwargs: Mapping[str, object],
        tokenization_kwargs: Mapping[str, object],
    ) -> bool:
        return False


PageProcessor = _ProcessorOfImages if _TAKES_IMAGES_ALONE else _ProcessorOfPrompts
