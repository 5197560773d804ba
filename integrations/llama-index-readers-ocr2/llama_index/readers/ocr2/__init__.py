"""LlamaIndex reader and node parser for PDFs and images."""

from llama_index.readers.ocr2.base import Ocr2Reader, ReaderEngineUnavailable
from llama_index.readers.ocr2.document import Ocr2Document
from llama_index.readers.ocr2.document_stream import DocumentStream
from llama_index.readers.ocr2.node_parser import Ocr2NodeParser

__all__ = ["DocumentStream", "Ocr2Document", "Ocr2NodeParser", "Ocr2Reader", "ReaderEngineUnavailable"]
