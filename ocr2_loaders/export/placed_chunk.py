"""Chunks in their places: between the pages that none of them stands on, and under the block that they belong to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.chunks import Chunk, chunks_of
from ocr2_loaders.export.parents import Parents
from ocr2_loaders.settings import ChunkSettings
from ocr2_loaders.structure import StructuredPage


@dataclass(frozen=True, slots=True)
class Chunking:
    """How chunks are made, and counted: `embedded_text` is all that will be embedded of a chunk.

    None for either of the callables leaves it to `ocr2_loaders.chunks`.
    """

    settings: ChunkSettings = field(default_factory=ChunkSettings)
    count_tokens: Callable[[str], int] | None = None
    embedded_text: Callable[[Chunk], str] | None = None

    def chunks(self, pages: Iterable[StructuredPage]) -> Iterator[Chunk]:
        if self.embedded_text is None:
            return chunks_of(pages, self.settings, count_tokens=self.count_tokens)
        return chunks_of(pages, self.settings, count_tokens=self.count_tokens, embedded_text=self.embedded_text)


@dataclass(frozen=True, slots=True)
class PlacedChunk:
    """A chunk, and the id of the block that its first block is under, None at the top of a document."""

    chunk: Chunk
    parent_id: str | None


def placed_chunks(pages: Iterable[StructuredPage], chunking: Chunking) -> Iterator[PlacedChunk | StructuredPage]:
    """The chunks of any number of documents; a page without one, such as one that failed, stands in its place itself.

    No more pages are kept than those that later chunks may stand on.
    """
    ahead = _PagesAhead(pages)
    for chunk in chunking.chunks(ahead):
        yield from ahead.gone_past(chunk)
        yield PlacedChunk(chunk, ahead.parent_id(chunk))
    yield from ahead.rest()


@dataclass(slots=True)
class _PageAhead:
    page: StructuredPage
    parent_ids: dict[str, str]
    has_chunk: bool = False


@dataclass(slots=True)
class _PagesAhead:
    """The pages that chunks are made of, remembered until the chunks have gone past them."""

    pages: Iterable[StructuredPage]
    _parents: Parents = field(default_factory=Parents)
    _ahead: deque[_PageAhead] = field(default_factory=deque)

    def __iter__(self) -> Iterator[StructuredPage]:
        for page in self.pages:
            self._ahead.append(_PageAhead(page, self._parents.of(page)))
            yield page

    def gone_past(self, chunk: Chunk) -> Iterator[StructuredPage]:
        """The pages before the chunk that no chunk stands on."""
        while self._ahead and not _is(self._ahead[0].page.page, chunk.pages[0]):
            passed = self._ahead.popleft()
            if not passed.has_chunk:
                yield passed.page
        for each in self._ahead:
            each.has_chunk = each.has_chunk or any(_is(each.page.page, page) for page in chunk.pages)

    def parent_id(self, chunk: Chunk) -> str | None:
        if not self._ahead or not chunk.block_ids:
            return None
        return self._ahead[0].parent_ids.get(chunk.block_ids[0])

    def rest(self) -> Iterator[StructuredPage]:
        yield from (each.page for each in self._ahead if not each.has_chunk)


def _is(page: PageResult, other: PageResult) -> bool:
    return (page.page_index, page.source.uri, page.source.identity) == (
        other.page_index,
        other.source.uri,
        other.source.identity,
    )
