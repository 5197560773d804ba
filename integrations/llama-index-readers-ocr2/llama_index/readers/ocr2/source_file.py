"""The documents of one file, and the pages that they were made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from llama_index.core.schema import BaseNode, MetadataMode
from llama_index.readers.ocr2.document import Ocr2Document

from ocr2_loaders import PageFacts
from ocr2_loaders.blocks import PageResult, PageStatus, blocks_of
from ocr2_loaders.sources import FileType, Source


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page and the document that it belongs to. `is_read` where the page is only what the document's text says."""

    page: PageResult
    document: BaseNode
    is_read: bool = False


@dataclass(slots=True)
class SourceFile:
    """Pages of one file, in their order; a page stands there once."""

    pages: dict[int, SourcePage] = field(default_factory=dict)

    def in_order(self) -> list[SourcePage]:
        return [self.pages[index] for index in sorted(self.pages)]


def source_files(documents: Iterable[BaseNode]) -> list[SourceFile]:
    """The documents by the file they come from, in the order in which the files come first.

    What a document lost on its way through a docstore is read from its Markdown. A document that is not a file's or a
    page's, such as one that was cut already, is a file of its own.
    """
    files: dict[tuple[str, str], SourceFile] = {}
    for document in documents:
        pages = _pages(document)
        file = files.setdefault(_key(pages[0].page), SourceFile())
        for page in pages:
            if page.page.page_index in file.pages:
                file = files.setdefault(("", document.id_), SourceFile())
            file.pages[page.page.page_index] = page
    return list(files.values())


def _pages(document: BaseNode) -> Sequence[SourcePage]:
    if isinstance(document, Ocr2Document) and document.pages:
        return [SourcePage(page, document) for page in document.pages]
    return [SourcePage(_page_of_markdown(document), document, is_read=True)]


def _key(page: PageResult) -> tuple[str, str]:
    return page.source.uri, page.source.identity


def _page_of_markdown(document: BaseNode) -> PageResult:
    metadata = document.metadata
    page_index = _whole_number(metadata.get("page")) if _is_page(document) else 0
    source = _source(document)
    markdown = document.get_content(MetadataMode.NONE)
    blocks = blocks_of(markdown, page_index=page_index, file_sha256=f"{source.sha256}/{document.id_}")
    return PageResult(PageFacts(source, page_index, num_pages=None), PageStatus.OK, blocks)


def _source(document: BaseNode) -> Source:
    """What stands for the file: all documents with the same one are read as pages of it."""
    uri, sha256 = (str(document.metadata.get(key, "")) for key in ("source", "file_sha256"))
    if not _is_page(document):
        uri, sha256 = "", document.id_
    return Source(Path(uri), uri, uri, FileType.PDF, 0, sha256)


def _is_page(document: BaseNode) -> bool:
    """Whether this is a whole page as the reader made it, not a block, a chunk or a part that was cut from it."""
    known = document.metadata
    return "file_sha256" in known and "page" in known and "element_id" not in known and document.source_node is None


def _whole_number(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
