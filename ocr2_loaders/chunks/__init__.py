"""Chunks: the pieces of a document that are embedded and found, one policy a file."""

from ocr2_loaders.chunks.chunk import Chunk, PageBox
from ocr2_loaders.chunks.embedded_text import embedded_text
from ocr2_loaders.chunks.policies import chunks_of
from ocr2_loaders.chunks.token_estimate import estimated_tokens

__all__ = ["Chunk", "PageBox", "chunks_of", "embedded_text", "estimated_tokens"]
