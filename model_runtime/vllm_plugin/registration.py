"""The entry point `vllm.general_plugins`: vLLM calls it in every one of its processes before it loads a model."""

from __future__ import annotations

import logging
import os

ARCHITECTURE = "DeepseekOCR2ForCausalLM"
"""What the published model's config.json calls its architecture, and vLLM its own class for it."""

OFF_SWITCH = "OCR2_VLLM_PLUGIN"
"""Set to 0 in the environment, vLLM's own class stays in place."""

_MODEL_CLASS = "model_runtime.vllm_plugin.model:PageReader"

log = logging.getLogger("vllm.plugins.ocr2_loaders")  # below vLLM's logger, so that its settings say what is shown


def is_off() -> bool:
    """Whether vLLM's own class is to stay in place."""
    return os.environ.get(OFF_SWITCH) == "0"


def register() -> None:
    """Puts our model class in the place of vLLM's own. Calling it again changes nothing.

    Whether this vLLM is one that the class knows is checked when the class is loaded, so that other models are served
    by any.
    """
    if is_off():
        log.info("ocr2-loaders: the plugin for DeepSeek-OCR 2 is switched off by %s=0", OFF_SWITCH)
        return
    from vllm import ModelRegistry

    ModelRegistry.register_model(ARCHITECTURE, _MODEL_CLASS)
    log.info("ocr2-loaders: the plugin for DeepSeek-OCR 2 is active; %s=0 switches it off", OFF_SWITCH)
