"""LlamaIndex reader for PDFs and images."""

from llama_index.readers.ocr2.base import Ocr2Reader, ReaderEngineUnavailable
from llama_index.readers.ocr2.document_stream import DocumentStream

__all__ = ["DocumentStream", "Ocr2Reader", "ReaderEngineUnavailable"]
