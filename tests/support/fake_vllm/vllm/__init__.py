"""A stand-in for vLLM: what the engine calls of it, with the names, the parameters and the manners of 0.33.0.

It was read off `vllm/v1/engine/async_llm.py`, `vllm/outputs.py`, `vllm/sampling_params.py`, `vllm/logprobs.py`,
`vllm/engine/arg_utils.py` and `vllm/v1/engine/exceptions.py` of that release, whose parameters up to 0.25 are the same
where the engine uses them; `model_runtime.vllm_plugin.surface` holds both to the same account. Only what the engine
names is here, so that anything else that it would use fails. What a page becomes is said by its pixels: see
`vllm.v1.engine.async_llm`.
"""

from dataclasses import dataclass
from typing import ClassVar

from vllm.sampling_params import SamplingParams

__all__ = ["AsyncEngineArgs", "ModelRegistry", "SamplingParams"]


@dataclass
class AsyncEngineArgs:
    """Those of its many fields that are given."""

    model: str
    trust_remote_code: bool = False
    dtype: str = "auto"
    gpu_memory_utilization: float = 0.92
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    data_parallel_size: int = 1
    limit_mm_per_prompt: dict[str, int] | None = None
    mm_processor_cache_gb: float = 4
    enable_prefix_caching: bool | None = None
    enable_lora: bool = False
    logits_processors: list[str] | None = None
    disable_log_stats: bool = False
    stream_interval: int = 1


class ModelRegistry:
    """Keeps what plugins register."""

    models: ClassVar[dict[str, object]] = {}

    @classmethod
    def register_model(cls, model_arch: str, model_cls: object) -> None:
        cls.models[model_arch] = model_cls
