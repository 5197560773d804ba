"""What a filter did wrong, as the typed error of one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ocr2_loaders.callable_name import callable_name
from ocr2_loaders.errors import FilterFailed
from ocr2_loaders.printable import one_line

_MAX_NAME_CHARS = 80
_MAX_WHAT_CHARS = 150


def failure(function: Callable[..., Any], what: str | Exception, *, source_name: str, page_number: int) -> FilterFailed:
    """The error of the page. `what` is a verb phrase that follows the filter's name, or the exception it raised."""
    if isinstance(what, Exception):
        what = f"raised {type(what).__name__}: {what}"
    name = one_line(callable_name(function), _MAX_NAME_CHARS)
    message = f"{one_line(source_name, _MAX_NAME_CHARS)}: page {page_number}: the filter {name} "
    return FilterFailed(message + one_line(what, _MAX_WHAT_CHARS), source=source_name, page_number=page_number)
