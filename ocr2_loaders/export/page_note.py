"""What is to be said of a page that is not simply good."""

from __future__ import annotations

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.reason import reason_of
from ocr2_loaders.printable import one_line
from ocr2_loaders.sources.source import FailedSource
from ocr2_loaders.transcription import PageStatus

_WORDS = {
    PageStatus.FAILED: "failed",
    PageStatus.BLANK: "is blank",
    PageStatus.TRUNCATED: "is cut off: the engine stopped before its end",
    PageStatus.LOOPED: "is cut off: the engine repeated itself",
}


def page_note(page: PageResult) -> str | None:
    """One line such as "page 3 of report.pdf failed: …"; None for a page whose content is whole."""
    name = one_line(page.source.name)
    if isinstance(page.source, FailedSource):
        return f"{name} cannot be read: {one_line(reason_of(page) or str(page.source.error))}"
    if page.status not in _WORDS:
        return None
    reason = f": {one_line(reason_of(page))}" if page.error else ""
    return f"page {page.page_number} of {name} {_WORDS[page.status]}{reason}"
