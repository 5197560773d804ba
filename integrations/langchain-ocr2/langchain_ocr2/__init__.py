"""LangChain document loader for PDFs and images."""

from langchain_ocr2.key_encoder import ocr2_key_encoder
from langchain_ocr2.loader import Ocr2Loader
from langchain_ocr2.parser import Ocr2BlobParser

__all__ = ["Ocr2BlobParser", "Ocr2Loader", "ocr2_key_encoder"]
