from vllm.exceptions import VLLMServerError


class EngineGenerateError(VLLMServerError):
    """One request failed; the engine goes on."""


class EngineDeadError(VLLMServerError):
    """The engine's process is gone."""
