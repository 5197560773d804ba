"""One chunk a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ocr2_loaders import identity
from ocr2_loaders.chunks.assembly import chunk_from
from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.chunks.piece import on_page
from ocr2_loaders.settings import ChunkPolicy
from ocr2_loaders.structure import StructuredPage


def by_page(pages: Iterable[StructuredPage]) -> Iterator[Chunk]:
    """Every page as it stands, without running headers and footers; without text where it failed or is blank."""
    return map(_chunk, pages)


def _chunk(page: StructuredPage) -> Chunk:
    result = page.page
    chunk_id = identity.chunk_id(result.source.identity, ChunkPolicy.PAGE, (result.id,))
    pieces = [on_page(structured, page) for structured in page.blocks if not structured.is_running]
    if not pieces:
        return Chunk(chunk_id, "", "", (result,))
    return replace(chunk_from(pieces, ChunkPolicy.PAGE), id=chunk_id)
