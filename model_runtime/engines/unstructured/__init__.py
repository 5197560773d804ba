"""The Unstructured engine: pages read by the Unstructured API, hosted or one's own."""

from model_runtime.engines.unstructured.engine import UnstructuredEngine
from model_runtime.engines.unstructured.settings import UnstructuredSettings

__all__ = ["UnstructuredEngine", "UnstructuredSettings"]
