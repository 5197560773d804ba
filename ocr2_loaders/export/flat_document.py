"""What pages become for frameworks and vector stores: texts with an id and flat metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ocr2_loaders import identity
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.chunks import Chunk
from ocr2_loaders.export.metadata import (
    MetadataValue,
    block_metadata,
    chunk_metadata,
    document_metadata,
    page_metadata,
)
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.export.parents import Parents
from ocr2_loaders.export.placed_chunk import Chunking, placed_chunks
from ocr2_loaders.settings import DocumentMode
from ocr2_loaders.structure import StructuredBlock, StructuredPage, structured_pages
from ocr2_loaders.structure.document_end import documents_of, result_of

__all__ = ["DocumentMode", "FlatDocument", "flat_documents"]


@dataclass(frozen=True, slots=True)
class FlatDocument:
    """`id` follows from the file's bytes and the place in it. `text` is empty where a page gave none.

    `pages` are the whole pages that a file's or a page's document was made of, `chunk` what a chunk's was.
    """

    id: str
    text: str
    metadata: dict[str, MetadataValue]
    pages: tuple[PageResult, ...] = field(default=(), repr=False)
    chunk: Chunk | None = field(default=None, repr=False)


_DEFAULT_CHUNKING = Chunking()


def flat_documents(
    pages: Iterable[PageResult],
    mode: DocumentMode,
    *,
    chunking: Chunking = _DEFAULT_CHUNKING,
    pages_delimiter: str = "\n\n",
) -> Iterator[FlatDocument]:
    """Pages of any number of sources as documents, each as soon as it is complete.

    Files and pages are Markdown, blocks and chunks plain text. Headers, footers and page numbers are no part of a text;
    a page's metadata has them, and in "block" mode they are documents of their own. A page without blocks, such as one
    that failed, is a document with empty text, so that it is seen in any mode; in "single" mode the file's `notes` name
    it. `pages_delimiter` stands between the pages of a file.
    """
    structured = map(_with_printed_label, structured_pages(pages))
    match mode:
        case "single":
            return (_of_file(list(file), pages_delimiter) for file in documents_of(structured, result_of))
        case "page":
            return map(_of_page, structured)
        case "block":
            parents = Parents()
            return (document for page in structured for document in _of_blocks(page, parents.of(page)))
        case "chunk":
            return _of_chunks(structured, chunking)


def _with_printed_label(page: StructuredPage) -> StructuredPage:
    """The label that a file itself has for a page counts for more than what is printed on it."""
    if page.page.page_label or not page.printed_label:
        return page
    return replace(page, page=page.page.with_facts(page_label=page.printed_label))


def _of_file(pages: list[StructuredPage], delimiter: str) -> FlatDocument:
    results = [page.page for page in pages]
    notes = "; ".join(note for page in results if (note := page_note(page)))
    text = delimiter.join(markdown for page in pages if (markdown := _markdown(page)))
    source_id = identity.document_id(results[0].source.identity)
    return FlatDocument(source_id, text, document_metadata(results, notes=notes), tuple(results))


def _of_page(page: StructuredPage) -> FlatDocument:
    running = [structured.block for structured in page.blocks if structured.is_running]
    header = "\n".join(block.text for block in running if block.label is BlockLabel.HEADER)
    footer = "\n".join(block.text for block in running if block.label is not BlockLabel.HEADER)
    metadata = page_metadata(page.page, header=header, footer=footer)
    return FlatDocument(page.page.id, _markdown(page), metadata, (page.page,))


def _markdown(page: StructuredPage) -> str:
    shown = (structured.block.markdown for structured in page.blocks if not structured.is_running)
    return "\n\n".join(filter(None, shown))


def _of_blocks(page: StructuredPage, parent_ids: dict[str, str]) -> list[FlatDocument]:
    texts = {structured.block.id: structured.block.text for structured in page.blocks}
    return [_of_block(page, structured, texts, parent_ids) for structured in page.blocks] or [_of_page(page)]


def _of_block(
    page: StructuredPage, structured: StructuredBlock, texts: dict[str, str], parent_ids: dict[str, str]
) -> FlatDocument:
    block = structured.block
    caption = " ".join(texts[each] for each in structured.caption_ids if each in texts)
    metadata = block_metadata(page.page, structured, caption=caption, parent_id=parent_ids.get(block.id))
    return FlatDocument(block.id, block.text or block.markdown, metadata)


def _of_chunks(pages: Iterable[StructuredPage], chunking: Chunking) -> Iterator[FlatDocument]:
    for placed in placed_chunks(pages, chunking):
        if isinstance(placed, StructuredPage):
            yield _of_page(placed)
        else:
            chunk = placed.chunk
            yield FlatDocument(chunk.id, chunk.text, chunk_metadata(chunk, parent_id=placed.parent_id), chunk=chunk)
