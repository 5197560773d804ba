"""A document format that is written page by page: nothing of a page is kept once it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.export.format import NO_FIGURES, Figures
from ocr2_loaders.structure import StructuredPage, structured_pages


def _nothing(_: StructuredPage) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class PagedFormat:
    """`opening(first page)`, then every page with `separator` between them, then `closing`."""

    suffix: str
    page: Callable[[StructuredPage, Figures], str]
    separator: str
    closing: str
    opening: Callable[[StructuredPage], str] = _nothing

    @property
    def is_text(self) -> bool:
        """Always."""
        return True

    def writer(self) -> PagedWriter:
        """A writer for one document, which gives every page out as it comes."""
        return PagedWriter(self)

    def document(self, pages: Iterable[PageResult]) -> Iterator[str]:
        """The document of these pages of one source, one piece for each page and the closing."""
        is_first = True
        for page in structured_pages(pages):
            yield self.piece(page, is_first=is_first)
            is_first = False
        if not is_first:
            yield self.closing

    def piece(self, page: StructuredPage, figures: Figures = NO_FIGURES, *, is_first: bool) -> str:
        """What `page` adds to a document that it opens or goes on with."""
        return (self.opening(page) if is_first else self.separator) + self.page(page, figures)


class PagedWriter:
    """Gives every page out as it comes."""

    def __init__(self, document_format: PagedFormat) -> None:
        self._format = document_format
        self._is_empty = True

    def add(self, page: StructuredPage, figures: Figures = NO_FIGURES) -> bytes:
        piece = self._format.piece(page, figures, is_first=self._is_empty)
        self._is_empty = False
        return encoded(piece)

    def finish(self) -> bytes:
        return b"" if self._is_empty else encoded(self._format.closing)


def encoded(text: str) -> bytes:
    """UTF-8; what no encoding knows, such as a byte of a file name that is no character, is written as an escape."""
    return text.encode(errors="backslashreplace")
