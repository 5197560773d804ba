"""Pages as plain text."""

from __future__ import annotations

from ocr2_loaders.export.format import Figures
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.export.paged_format import PagedFormat
from ocr2_loaders.structure import StructuredPage


def _page(page: StructuredPage, _: Figures) -> str:
    note = page_note(page.page)
    texts = [each.block.text for each in page.blocks if not each.is_running]
    return "\n\n".join(part for part in (*texts, note and f"[{note}]") if part)


TEXT = PagedFormat(suffix=".txt", page=_page, separator="\n\n", closing="\n")
"""The pages in order, without markup, running headers and footers left out.

A page that failed, is blank or is cut off is named in brackets.
"""
