"""Pages into structured pages: one after the other, or a whole document at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.structure.document_end import documents_of
from ocr2_loaders.structure.structured_block import StructuredBlock
from ocr2_loaders.structure.structured_page import StructuredDocument, StructuredPage

_RUNNING = frozenset({BlockLabel.HEADER, BlockLabel.FOOTER, BlockLabel.PAGE_NUMBER})


def structured_pages(pages: Iterable[PageResult]) -> Iterator[StructuredPage]:
    """Each page as soon as it can be, in the same order; a new source begins a new document."""
    for document in documents_of(pages):
        yield from _structured(document)


def structured_document(pages: Iterable[PageResult]) -> StructuredDocument:
    """The pages of one source, settled with all of them in view."""
    return StructuredDocument(tuple(_structured(pages)))


def _structured(pages: Iterable[PageResult]) -> Iterator[StructuredPage]:
    path: list[tuple[int, str]] = []
    for page in pages:
        yield StructuredPage(page, tuple(_placed(block, path) for block in page.blocks))


def _placed(block: Block, path: list[tuple[int, str]]) -> StructuredBlock:
    if block.heading_level is not None:
        while path and path[-1][0] >= block.heading_level:
            path.pop()
        path.append((block.heading_level, block.text))
    return StructuredBlock(
        block, tuple(words for _, words in path), block.heading_level, is_running=block.label in _RUNNING
    )
