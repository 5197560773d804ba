"""Where one document ends and the next one begins, in a stream of pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr2_loaders.blocks.page_result import PageResult


def is_same_document(page: PageResult, later: PageResult) -> bool:
    """Whether `later` follows on `page` in one document; the same file given twice is two documents."""
    return page.source.identity == later.source.identity and page.page_index < later.page_index


def documents_of(pages: Iterable[PageResult]) -> Iterator[Iterator[PageResult]]:
    """The pages of one document after the other; each must be drawn to its end before the next."""
    rest = iter(pages)
    first = next(rest, None)
    while first is not None:
        document = _Document(first, rest)
        yield iter(document)
        first = document.next_first


class _Document:
    """The pages of `rest` that belong to the document of `first`."""

    def __init__(self, first: PageResult, rest: Iterator[PageResult]) -> None:
        self._first = first
        self._rest = rest
        self.next_first: PageResult | None = None

    def __iter__(self) -> Iterator[PageResult]:
        yield self._first
        last = self._first
        for page in self._rest:
            if not is_same_document(last, page):
                self.next_first = page
                return
            yield page
            last = page
