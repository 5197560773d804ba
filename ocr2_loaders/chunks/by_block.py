"""One chunk a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr2_loaders.chunks.assembly import chunk_from
from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.chunks.piece import whole
from ocr2_loaders.settings import ChunkPolicy
from ocr2_loaders.structure import StructuredPage, joined_blocks


def by_block(pages: Iterable[StructuredPage]) -> Iterator[Chunk]:
    """Every block of one document, joined over page ends; figures without words too."""
    return (chunk_from([whole(joined)], ChunkPolicy.BLOCK) for joined in joined_blocks(pages))
