"""Why a page failed, for a sentence that has named its file and its page already."""

from __future__ import annotations

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.printable import one_line

_SHORT_NAME_CHARS = 80
"""Names in errors of pages are cut at this length."""


def reason_of(page: PageResult) -> str:
    """What the page's error says, its file and page left out where it begins with them; empty without an error."""
    if page.error is None:
        return ""
    said = str(page.error)
    source = page.source
    for name in (source.name, one_line(source.name, _SHORT_NAME_CHARS), source.uri):
        for subject, stands_for in (
            (f"{name}: page {page.page_number}: ", ""),
            (f"{name}: page {page.page_number} ", "it "),
            (f"{name} ", "it "),
        ):
            if name and said.startswith(subject):
                return stands_for + said.removeprefix(subject)
    return said
