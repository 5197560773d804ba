"""The outline of a PDF, by the page that each entry leads to."""

from __future__ import annotations

import ctypes
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium_c

from ocr2_loaders.pages.worker.fast_calls import handle

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2 as pdfium

_MAX_ENTRIES = 20_000
_MAX_SECONDS = 2.0
"""Titles may be as long as the file, and all entries may share one; a real outline takes a few milliseconds."""
_MAX_ENTRIES_OF_A_PAGE = 100
_MAX_DEPTH = 15
_MAX_TITLE_CHARS = 250
_BYTES_PER_CHAR = 2


def outline_by_page(pdf: pdfium.PdfDocument) -> dict[int, list[tuple[str, int]]]:
    """(title, depth from 1) of each entry that leads to a page of this file, in the outline's order.

    pypdfium2's own walk stops at no number of entries, and at a broken title it raises.
    """
    by_page: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for bookmark, depth in _entries(pdf):
        page_index = _page_index(pdf, bookmark)
        if page_index >= 0 and len(by_page[page_index]) < _MAX_ENTRIES_OF_A_PAGE and (title := _title(bookmark)):
            by_page[page_index].append((title, depth))
    return dict(by_page)


def _entries(pdf: pdfium.PdfDocument) -> Iterator[tuple[Any, int]]:
    """Each entry with its depth, at most once: files may chain entries in a circle."""
    seen: set[int] = set()
    deadline = time.monotonic() + _MAX_SECONDS
    above = [pdfium_c.FPDFBookmark_GetFirstChild(pdf, None)]
    while above:
        bookmark = above.pop()
        if not bookmark or handle(bookmark) in seen:
            continue
        seen.add(handle(bookmark))
        if len(seen) > _MAX_ENTRIES or time.monotonic() > deadline:
            return
        yield bookmark, len(above) + 1
        above.append(pdfium_c.FPDFBookmark_GetNextSibling(pdf, bookmark))
        if len(above) < _MAX_DEPTH:
            above.append(pdfium_c.FPDFBookmark_GetFirstChild(pdf, bookmark))


def _page_index(pdf: pdfium.PdfDocument, bookmark: Any) -> int:  # noqa: ANN401 - a pointer of ctypes
    """-1 where the entry leads to no page: to a web address, into another file, nowhere."""
    target = pdfium_c.FPDFBookmark_GetDest(pdf, bookmark)
    return pdfium_c.FPDFDest_GetDestPageIndex(pdf, target) if target else -1


def _title(bookmark: Any) -> str:  # noqa: ANN401 - a pointer of ctypes
    num_bytes = pdfium_c.FPDFBookmark_GetTitle(bookmark, None, 0)
    buffer = ctypes.create_string_buffer(num_bytes)
    pdfium_c.FPDFBookmark_GetTitle(bookmark, buffer, num_bytes)
    title = buffer.raw[: _MAX_TITLE_CHARS * _BYTES_PER_CHAR].decode("utf-16-le", "ignore")
    return "".join(char if char.isprintable() else " " for char in title).strip()
