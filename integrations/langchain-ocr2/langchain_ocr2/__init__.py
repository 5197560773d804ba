"""LangChain document loader for PDFs and images."""

from langchain_ocr2.loader import Ocr2Loader

__all__ = ["Ocr2Loader"]
