class BaseMultiModalProcessor:
    """The calls of 0.31 and later around Hugging Face's processor, without what they do."""

    def _get_hf_mm_inputs(self, mm_items: object, hf_kwargs: object) -> tuple[object, object]:
        return mm_items, hf_kwargs

    def _call_hf_processor(self, hf_data: object, hf_kwargs: object) -> object:
        raise NotImplementedError

    def _apply_hf_processor_main(self, mm_items: object, hf_kwargs: object) -> object:
        return self._call_hf_processor(*self._get_hf_mm_inputs(mm_items, hf_kwargs))
