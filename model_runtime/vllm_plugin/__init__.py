"""A plugin that makes vLLM read pages with our encoder: batches, 8-bit pages, resizing on the device, a cheap guard."""

from model_runtime.vllm_plugin.registration import ARCHITECTURE, OFF_SWITCH, register

__all__ = ["ARCHITECTURE", "OFF_SWITCH", "register"]
