"""The engine that needs no model: the PDF's text layer where it can be trusted, RapidOCR where it cannot."""

from model_runtime.engines.embedded.engine import EmbeddedEngine
from model_runtime.engines.embedded.settings import EmbeddedSettings

__all__ = ["EmbeddedEngine", "EmbeddedSettings"]
