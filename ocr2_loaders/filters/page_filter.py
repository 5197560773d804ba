"""Page filters: callables between rendering and the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ocr2_loaders.filters.failure import failure
from ocr2_loaders.pages import FailedPage, PageImage

PageFilter = Callable[[PageImage], PageImage]
"""Takes a page and gives back the page to read: the same one, or a copy with other pixels made by
`dataclasses.replace`. It must not write into the pixels it is given; they may be shared with a render process.

A filter that moves what is on the page turns it with `ocr2_loaders.filters.turned`, so that pictures drawn later are
turned as well. What it raises becomes the typed error of this page alone. Filters run one page at a time. One with a
`name` and a `version`, both text, lets pages be kept in a cache; with one that has none, nothing is kept.
"""

_NO_INK_LEFT = "the page's filters left no ink on it"


def filtered(page: PageImage, filters: Sequence[PageFilter], source_name: str) -> PageImage | FailedPage:
    """The page after all filters in their order, or the failed page with the reason of the first that gave up."""
    result = page
    for each in filters:
        try:
            result = each(result)
        except Exception as error:  # noqa: BLE001 - a filter is the user's own code and may raise anything
            return _failed(page, each, error, source_name)
        if problem := _problem(result, page):
            return _failed(page, each, problem, source_name)
    return _with_ink_looked_at(result) if result.pixels is not page.pixels else result


def _failed(page: PageImage, each: PageFilter, what: str | Exception, source_name: str) -> FailedPage:
    error = failure(each, what, source_name=source_name, page_number=page.page_number)
    return FailedPage(page.page_index, page.num_pages, error, page.page_label, page.warnings)


def _problem(result: object, page: PageImage) -> str | None:
    """Why the result is not the page that went in; None where it is."""
    if not isinstance(result, PageImage):
        return f"returned {type(result).__name__}, not a PageImage"
    if (result.page_index, result.num_pages) != (page.page_index, page.num_pages):
        return "returned another page than it was given"
    pixels = result.pixels
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        return "returned pixels that are not of shape (height, width, 3) and type uint8"
    return None if pixels.size else "returned a page without pixels"


def _with_ink_looked_at(page: PageImage) -> PageImage:
    """A page that filters wiped clean is blank as any other, and lost nothing that the file should have shown."""
    pixels = np.ascontiguousarray(page.pixels)
    if bool((pixels != pixels[0, 0]).any()):
        return replace(page, pixels=pixels, has_ink=True)
    warnings = (*page.warnings, _NO_INK_LEFT) if page.has_ink else page.warnings
    return replace(page, pixels=pixels, has_ink=False, has_objects=False, warnings=warnings)
