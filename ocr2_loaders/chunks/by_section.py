"""One chunk a section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr2_loaders.chunks.assembly import chunk_from
from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.chunks.piece import whole
from ocr2_loaders.chunks.sections import sections_of
from ocr2_loaders.settings import ChunkPolicy
from ocr2_loaders.structure import StructuredPage, joined_blocks


def by_section(pages: Iterable[StructuredPage]) -> Iterator[Chunk]:
    """A heading and all up to the next one, of whatever length; nothing of sections without a word."""
    for section in sections_of(joined_blocks(pages)):
        chunk = chunk_from([whole(joined) for joined in section], ChunkPolicy.SECTION)
        if chunk.text:
            yield chunk
