"""Which pages of a document are meant by "1,3,5-8,-1"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr2_loaders.errors import SelectionError

_GRAMMAR = "write pages as in 1,3,5-8,-1 or 5- or odd"
_ITEM = re.compile(r"(?P<first>-?\d{1,9})(?P<range>\s*-\s*(?P<last>-?\d{1,9})?)?", re.ASCII)
_PARITIES = {"odd": slice(0, None, 2), "even": slice(1, None, 2)}
_MAX_CHARS = 10_000
_QUOTED_CHARS = 60


def selected_pages(selection: str | None, num_pages: int) -> Sequence[int]:
    """The 0-based indices that a selection of 1-based pages names, each once, in document order; all pages for None.

    Items are separated by commas: a page, a range with both ends included, a range without end ("5-"), "odd" or "even".
    Negative numbers count from the end, -1 being the last page ("-3--1": the last three). What lies beyond the document
    is left out of ranges.

    Raises: SelectionError when the text cannot be read, when a single page does not exist, or when nothing is left.
    """
    if selection is None:
        return range(num_pages)
    if len(selection) > _MAX_CHARS:
        raise _error(selection, num_pages, "is too long")
    parts = [_pages_of(item.strip(), selection, num_pages) for item in selection.split(",")]
    chosen = parts[0] if len(parts) == 1 else sorted(set().union(*parts))
    if not chosen:
        raise _error(selection, num_pages, "names no page")
    return chosen


def _pages_of(item: str, selection: str, num_pages: int) -> range:
    if item.lower() in _PARITIES:
        return range(num_pages)[_PARITIES[item.lower()]]
    match = _ITEM.fullmatch(item)
    if not match:
        raise _error(selection, num_pages, f"cannot be read at {_quoted(item)}")
    first = _index(int(match["first"]), selection, num_pages)
    if not match["range"]:
        return _single(first, item, selection, num_pages)
    if not match["last"]:
        return range(max(0, first), num_pages)
    last = _index(int(match["last"]), selection, num_pages)
    if last < first and match["first"].startswith("-") == match["last"].startswith("-"):
        raise _error(selection, num_pages, f"runs backwards in {_quoted(item)}")
    return range(max(0, first), min(num_pages, last + 1))


def _single(index: int, item: str, selection: str, num_pages: int) -> range:
    if not 0 <= index < num_pages:
        raise _error(selection, num_pages, f"asks for page {item}")
    return range(index, index + 1)


def _index(number: int, selection: str, num_pages: int) -> int:
    if number == 0:
        raise _error(selection, num_pages, "asks for page 0, and pages count from 1")
    return number - 1 if number > 0 else num_pages + number


def _error(selection: str, num_pages: int, what: str) -> SelectionError:
    pages = "1 page" if num_pages == 1 else f"{num_pages} pages"
    return SelectionError(f"the page selection {_quoted(selection)} {what}; the document has {pages}", hint=_GRAMMAR)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _QUOTED_CHARS else text[:_QUOTED_CHARS] + "…")
