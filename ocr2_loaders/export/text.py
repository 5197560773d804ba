"""Pages as plain text."""

from __future__ import annotations

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.export.format import Format
from ocr2_loaders.export.page_note import page_note


def _page(page: PageResult) -> str:
    note = page_note(page)
    return "\n\n".join(part for part in (page.text, note and f"[{note}]") if part)


TEXT = Format(suffix=".txt", page=_page, separator="\n\n", closing="\n")
"""The pages in order, without markup; a page that failed, is blank or is cut off is named in brackets."""
