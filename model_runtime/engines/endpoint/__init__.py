"""The endpoint engine: the model where the GPUs are, behind an OpenAI-compatible server."""

from model_runtime.engines.endpoint.engine import EndpointEngine
from model_runtime.engines.endpoint.settings import Dialect, EndpointSettings

__all__ = ["Dialect", "EndpointEngine", "EndpointSettings"]
