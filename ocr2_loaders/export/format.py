"""A document format that can be written page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ocr2_loaders.blocks.page_result import PageResult


def _nothing(_: PageResult) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Format:
    """`opening(first page)`, then every page with `separator` between them, then `closing`."""

    suffix: str
    page: Callable[[PageResult], str]
    separator: str
    closing: str
    opening: Callable[[PageResult], str] = _nothing

    def piece(self, page: PageResult, *, is_first: bool) -> str:
        """What `page` adds to a document that it opens or goes on with."""
        return (self.opening(page) if is_first else self.separator) + self.page(page)

    def document(self, pages: Iterable[PageResult]) -> Iterator[str]:
        """The document of these pages of one source, one piece for each page and the closing."""
        is_first = True
        for page in pages:
            yield self.piece(page, is_first=is_first)
            is_first = False
        if not is_first:
            yield self.closing
