"""Chunks: the pieces of a document that are embedded and found, one policy a file."""

from ocr2_loaders.chunks.chunk import Chunk, PageBox

__all__ = ["Chunk", "PageBox"]
