"""Where one document ends and the next one begins, in a stream of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TypeVar

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.structure.structured_page import StructuredPage

Page = TypeVar("Page")


def is_same_document(page: PageResult, later: PageResult) -> bool:
    """Whether `later` follows on `page` in one document; the same file given twice is two documents."""
    return page.source.identity == later.source.identity and page.page_index < later.page_index


def documents_of(pages: Iterable[Page], result_of: Callable[[Page], PageResult]) -> Iterator[Iterator[Page]]:
    """The pages of one document after the other, each document gone once the next is asked for."""
    last: PageResult | None = None
    number = 0

    def document_number(page: Page) -> int:
        nonlocal last, number
        result = result_of(page)
        if last and not is_same_document(last, result):
            number += 1
        last = result
        return number

    return (document for _, document in groupby(pages, document_number))


def result_of(page: StructuredPage) -> PageResult:
    return page.page
