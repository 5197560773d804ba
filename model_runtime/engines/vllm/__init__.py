"""The vLLM engine: the whole model in vLLM, with our plugin, fed by the page pipeline."""

from model_runtime.engines.vllm.engine import VllmEngine
from model_runtime.engines.vllm.settings import VllmSettings

__all__ = ["VllmEngine", "VllmSettings"]
