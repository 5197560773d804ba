"""The engine that runs the model through Transformers, with DeepEncoder V2 of this project in front of the decoder."""

from model_runtime.engines.transformers.engine import TransformersEngine
from model_runtime.engines.transformers.settings import GuardSettings, TransformersSettings

__all__ = ["GuardSettings", "TransformersEngine", "TransformersSettings"]
