"""Pages as one Markdown document."""

from __future__ import annotations

import re

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.export.format import Format
from ocr2_loaders.export.page_note import page_note

_HYPHEN_BEFORE_HYPHEN = re.compile("-(?=-)")


def _page(page: PageResult) -> str:
    """The page's Markdown; behind it, or in its place, what is wrong with the page, as a comment."""
    note = page_note(page)
    return "\n\n".join(part for part in (page.markdown, note and _comment(note)) if part)


def _comment(note: str) -> str:
    """Two hyphens in a row could end the comment, so they are set apart."""
    return f"<!-- {_HYPHEN_BEFORE_HYPHEN.sub('- ', note)} -->"


MARKDOWN = Format(suffix=".md", page=_page, separator="\n\n", closing="\n")
"""The pages in order; a page that failed, is blank or is cut off is named in an HTML comment."""
