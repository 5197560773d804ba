"""The way in, where vLLM's releases differ: see `surface.WAYS_IN`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from transformers import BatchFeature

from model_runtime.vllm_plugin.processing import SharedPageProcessing, pixels_and_sizes
from model_runtime.vllm_plugin.surface import IMAGES, ITEMS, PROMPTS, way_in

if TYPE_CHECKING:
    from vllm.multimodal.parse import MultiModalDataItems


class _ProcessorOfImages(SharedPageProcessing):
    """vLLM 0.31 and later."""

    def _call_hf_processor(self, hf_data: Mapping[str, object], hf_kwargs: Mapping[str, object]) -> BatchFeature:
        return BatchFeature(pixels_and_sizes(cast("Sequence[object]", hf_data["images"])))


class _ProcessorOfItems(SharedPageProcessing):
    """vLLM 0.29 and 0.30, which call Hugging Face's processor in the midst of a method; so the method is replaced."""

    def _apply_hf_processor_main(
        self, mm_items: MultiModalDataItems, hf_processor_mm_kwargs: Mapping[str, object]
    ) -> BatchFeature:
        counts = mm_items.get_all_counts()
        data, passed_on = self._get_hf_mm_data(mm_items.select({kind for kind, count in counts.items() if count}))
        images = cast("Sequence[object]", data.get("images") or ())
        return BatchFeature((pixels_and_sizes(images) if images else {}) | dict(passed_on))


class _ProcessorOfPrompts(SharedPageProcessing):
    """vLLM up to 0.28. The prompt stays as it is but for the token that opens it; vLLM puts the visual tokens in."""

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


_PROCESSORS: dict[str, type[SharedPageProcessing]] = {
    PROMPTS: _ProcessorOfPrompts,
    ITEMS: _ProcessorOfItems,
    IMAGES: _ProcessorOfImages,
}

PageProcessor = _PROCESSORS[way_in()]
