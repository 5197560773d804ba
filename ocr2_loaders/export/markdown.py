"""Pages as one Markdown document."""

from __future__ import annotations

import re

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.export.format import Figure, Figures
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.export.paged_format import PagedFormat
from ocr2_loaders.structure import StructuredBlock, StructuredPage

_HYPHEN_BEFORE_HYPHEN = re.compile("-(?=-)")
_HEADING_MARKS = re.compile(r"\A#{1,6}(?= )")
_LOWEST_HEADING = 6


def markdown_of(block: StructuredBlock, figure: Figure | None = None) -> str:
    """The block as Markdown: a heading at its level in the document, a figure as a link to its picture.

    What the page itself says cannot pass for one of the comments that tell of pages; in code it is no comment anyway.
    """
    shown = block.block.markdown
    if block.block.label is not BlockLabel.CODE:
        shown = shown.replace("<!--", "&lt;!--")
    if block.heading_level is not None:
        shown = _HEADING_MARKS.sub("#" * min(block.heading_level, _LOWEST_HEADING), shown)
    picture = figure and f"![{block.block.label}]({figure.link})"
    return "\n\n".join(part for part in (picture, shown) if part)


def _page(page: StructuredPage, figures: Figures) -> str:
    """The page's Markdown; behind it, or in its place, what is wrong with the page, as a comment."""
    note = page_note(page.page)
    shown = [markdown_of(each, figures.get(each.block.id)) for each in page.blocks if not each.is_running]
    return "\n\n".join(part for part in (*shown, note and _comment(note)) if part)


def _marked_page(page: StructuredPage, figures: Figures) -> str:
    mark = _comment(f"page {page.page.page_number}")
    return "\n\n".join(part for part in (mark, _page(page, figures)) if part)


def _comment(note: str) -> str:
    """Two hyphens in a row could end the comment, so they are set apart."""
    return f"<!-- {_HYPHEN_BEFORE_HYPHEN.sub('- ', note)} -->"


MARKDOWN = PagedFormat(suffix=".md", page=_page, separator="\n\n", closing="\n")
"""The pages in order, running headers and footers left out.

A page that failed, is blank or is cut off is named in an HTML comment.
"""

MARKDOWN_WITH_PAGE_MARKS = PagedFormat(suffix=".md", page=_marked_page, separator="\n\n", closing="\n")
"""The same, with a comment such as `<!-- page 3 -->` in front of every page."""
