"""Everything of vLLM's, and of torch's private side, that the plugin and the engine touch: in one place, and checked.

Method names that vLLM no longer calls do nothing, without a word: a page would go through upstream's own processing, a
guard would guard nothing. So each part is checked before it is relied on, and refuses to run with a vLLM that differs.
Read in the sources of vLLM 0.25.0 to 0.33.0; a test runs the checks against the vLLM that is installed.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from model_runtime.errors import EngineUnavailable
from model_runtime.vllm_plugin.touched import Hook, Touched, Used

KNOWN_RELEASES = "0.25.0 to 0.33.0"

_PROCESSOR = "vllm.multimodal.processing:BaseMultiModalProcessor"
_PROCESSING_INFO = "vllm.multimodal.processing:BaseProcessingInfo"
_DUMMY_INPUTS = "vllm.multimodal.processing:BaseDummyInputsBuilder"
_PROCESSOR_MODULES = ("vllm.multimodal.processing.processor", "vllm.multimodal.processing.dummy_inputs")
_MODEL = "vllm.model_executor.models.deepseek_ocr2:DeepseekOCR2ForCausalLM"
_RUNNERS = ("vllm.v1.worker.gpu_model_runner", "vllm.v1.worker.gpu.mm.encoder_runner")
_FIRST_PROCESSOR = "vllm.v1.sample.logits_processor:LogitsProcessor"
SECOND_RUNNER = "vllm.v1.worker.gpu.sample.logits_processor"
"""The module that only releases have whose second model runner takes logits processors, 0.31 the first."""
_SECOND_PROCESSOR = f"{SECOND_RUNNER}:LogitsProcessor"

ENGINE: tuple[Touched, ...] = (
    Used(
        "vllm:AsyncEngineArgs",
        (
            "model",
            "trust_remote_code",
            "dtype",
            "gpu_memory_utilization",
            "max_num_seqs",
            "max_num_batched_tokens",
            "data_parallel_size",
            "limit_mm_per_prompt",
            "mm_processor_cache_gb",
            "enable_prefix_caching",
            "enable_lora",
            "logits_processors",
            "disable_log_stats",
            "stream_interval",
        ),
    ),
    Used("vllm.v1.engine.async_llm:AsyncLLM.from_engine_args", ("engine_args",)),
    Used("vllm.v1.engine.async_llm:AsyncLLM.generate", ("prompt", "sampling_params", "request_id", "lora_request")),
    Used("vllm.v1.engine.async_llm:AsyncLLM.shutdown", ("timeout",)),
    Used("vllm.v1.engine.exceptions:EngineDeadError"),
    Used("vllm.v1.engine.exceptions:EngineGenerateError"),
    Used(
        "vllm:SamplingParams",
        (
            "temperature",
            "max_tokens",
            "skip_special_tokens",
            "spaces_between_special_tokens",
            "logprobs",
            "flat_logprobs",
            "repetition_detection",
            "extra_args",
            "output_kind",
        ),
    ),
    Used("vllm.sampling_params:RepetitionDetectionParams", ("max_pattern_size", "min_pattern_size", "min_count")),
    Used("vllm.sampling_params:RequestOutputKind", attributes=("DELTA", "FINAL_ONLY")),
    Used("vllm.lora.request:LoRARequest", ("lora_name", "lora_int_id", "lora_path")),
    Used("vllm.platforms.interface:Platform", attributes=("device_id_to_physical_device_id",)),
    Used(
        "vllm.third_party.pynvml",
        attributes=("nvmlInit", "nvmlShutdown", "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetHandleByIndex", "NVMLError"),
    ),
)
"""What `model_runtime.engines.vllm` starts and asks."""

MODEL: tuple[Touched, ...] = (
    Used("vllm:ModelRegistry.register_model", ("model_arch", "model_cls")),
    Used(_MODEL, attributes=("_mark_tower_model", "_mark_language_model", "hf_to_vllm_mapper")),
    Hook(_MODEL, "embed_multimodal", ("kwargs",), _RUNNERS),
    Hook(_MODEL, "load_weights", ("weights",), ("vllm.model_executor.model_loader.default_loader",)),
    Hook(_MODEL, "get_mm_mapping", (), ("vllm.lora.model_manager",)),
    Used("vllm.model_executor.models.utils:AutoWeightsLoader.load_weights", ("weights", "mapper")),
    Used("vllm.model_executor.models.utils:init_vllm_registered_model", ("vllm_config", "hf_config", "prefix")),
    Used("vllm.model_executor.models.utils:maybe_prefix", ("prefix", "name")),
    Used(
        "vllm.model_executor.models.module_mapping:MultiModelKeys.from_string_field",
        ("language_model", "connector", "tower_model"),
    ),
    Used("vllm.multimodal:MULTIMODAL_REGISTRY.register_processor", ("info", "dummy_inputs")),
    Used("vllm.multimodal.inputs:MultiModalFieldConfig.flat_from_sizes", ("modality", "size_per_item")),
    Used("vllm.multimodal.inputs:MultiModalFieldConfig.batched", ("modality", "keep_on_cpu")),
    Used("vllm.multimodal.parse:ImageEmbeddingItems.get_feature_size"),
    Used("vllm.multimodal.parse:ImageProcessorItems.get_image_size"),
    Used("vllm.multimodal.processing:PromptReplacement", ("modality", "target", "replacement")),
    Used("vllm.transformers_utils.configs.deepseek_vl2:DeepseekVLV2Config"),
    Used("torch.nn.attention:sdpa_kernel", ("set_priority",)),  # vLLM switches cuDNN's attention off; we, on
    Used("torch.nn.attention:SDPBackend", attributes=("CUDNN_ATTENTION",)),
    Used("torch._dynamo.config", attributes=("recompile_limit",)),
    Used("vllm.multimodal.processing:InputProcessingContext.get_hf_config", ("typ",)),
    Hook(_PROCESSING_INFO, "get_supported_mm_limits", (), ("vllm.multimodal.processing.context",)),
    Hook(_PROCESSING_INFO, "get_mm_max_tokens_per_item", ("seq_len", "mm_counts"), ("vllm.multimodal.encoder_budget",)),
    Hook(_DUMMY_INPUTS, "get_dummy_text", ("mm_counts",), _PROCESSOR_MODULES),
    Hook(_DUMMY_INPUTS, "get_dummy_mm_data", ("seq_len", "mm_counts", "mm_options"), _PROCESSOR_MODULES),
    Hook(_PROCESSOR, "_get_mm_fields_config", ("hf_inputs", "hf_processor_mm_kwargs")),
    Hook(_PROCESSOR, "_get_prompt_updates", ("mm_items", "hf_processor_mm_kwargs", "out_mm_kwargs")),
)
"""What stands on vLLM's model class and on the parts of its processing that all known releases share."""

PROMPTS, ITEMS, IMAGES = "prompts", "items", "images"

WAYS_IN: dict[str, tuple[Touched, ...]] = {
    PROMPTS: (
        Hook(_PROCESSOR, "_call_hf_processor", ("prompt", "mm_data", "mm_kwargs", "tok_kwargs")),
        Hook(
            _PROCESSOR,
            "_hf_processor_applies_updates",
            ("prompt_text", "mm_items", "hf_processor_mm_kwargs", "tokenization_kwargs"),
        ),
    ),
    ITEMS: (
        Hook(_PROCESSOR, "_apply_hf_processor_main", ("mm_items", "hf_processor_mm_kwargs")),
        Used(f"{_PROCESSOR}._get_hf_mm_data", ("mm_items",)),
    ),
    IMAGES: (
        Hook(_PROCESSOR, "_call_hf_processor", ("hf_data", "hf_kwargs")),
        Hook(_PROCESSOR, "_get_hf_mm_inputs", ("mm_items", "hf_kwargs")),
    ),
}
"""How pages come to the processor: with the prompt up to 0.28, as items in 0.29 and 0.30, as images alone from 0.31."""

FIRST_GUARD: tuple[Touched, ...] = (
    Hook(_FIRST_PROCESSOR, "apply", ("logits",), ("vllm.v1.sample.sampler",)),
    Hook(_FIRST_PROCESSOR, "update_state", ("batch_update",), ("vllm.v1.worker.gpu_input_batch",)),
    Hook(_FIRST_PROCESSOR, "is_argmax_invariant", (), ("vllm.v1.sample.logits_processor.state",)),
    Hook(_FIRST_PROCESSOR, "validate_params", ("sampling_params",), ("vllm.v1.sample.logits_processor",)),
    Used(_FIRST_PROCESSOR, ("vllm_config", "device", "is_pin_memory")),
    Used("vllm.v1.sample.logits_processor:BatchUpdate", ("removed", "added", "moved")),
    Used("vllm.v1.sample.logits_processor:MoveDirectionality", attributes=("SWAP",)),
)
"""The guard in the first model runner."""

SECOND_GUARD: tuple[Touched, ...] = (
    Hook(_SECOND_PROCESSOR, "apply", ("logits", "ctx"), ("vllm.v1.worker.gpu.sample.sampler",)),
    Hook(_SECOND_PROCESSOR, "add_request", ("req_idx", "sampling_params"), ("vllm.v1.worker.gpu.sample.sampler",)),
    Hook(_SECOND_PROCESSOR, "apply_staged_writes", (), ("vllm.v1.worker.gpu.sample.sampler",)),
    Hook(_SECOND_PROCESSOR, "validate_params", ("sampling_params",), (f"{SECOND_RUNNER}.loader",)),
    Used(_SECOND_PROCESSOR, ("vllm_config", "req_states")),
    Used(f"{SECOND_RUNNER}:LogitsContext", ("expanded_idx_mapping", "idx_mapping_np", "pos")),
    Used(f"{SECOND_RUNNER}:LogitsProcRequestState", ("device", "max_num_reqs", "all_token_ids", "prompt_len")),
)
"""The guard in the second model runner."""


def require(*parts: Iterable[Touched]) -> None:
    """Raises: EngineUnavailable when the installed vLLM differs in anything that these parts touch."""
    faults = [fault for part in parts for touched in part for fault in touched.faults()]
    if faults:
        raise _unknown(faults)


def way_in() -> str:
    """How pages come to the processor of the installed vLLM, a key of `WAYS_IN`. Raises: EngineUnavailable."""
    faults = {way: [fault for touched in part for fault in touched.faults()] for way, part in WAYS_IN.items()}
    fitting = next((way for way in WAYS_IN if not faults[way]), None)
    if fitting is None:
        raise _unknown([f"pages cannot go in as {way}: {' and '.join(found)}" for way, found in faults.items()])
    return fitting


def _unknown(faults: list[str]) -> EngineUnavailable:
    try:
        installed = f"vllm {version('vllm')}"
    except PackageNotFoundError:
        installed = "vllm"
    return EngineUnavailable(
        f"{installed} differs from those that this project knows: {'; '.join(faults)}",
        hint=f"install another release of vllm; {KNOWN_RELEASES} are known",
    )
