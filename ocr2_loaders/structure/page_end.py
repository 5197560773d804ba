"""What runs over the end of a page: paragraphs and tables that the next page goes on with."""

from __future__ import annotations

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.structure.structured_page import StructuredPage
from ocr2_loaders.transcription import PageStatus

MAX_PAGES_BETWEEN = 2
"""Of figures only, or blank, within a paragraph or a table; more would have the whole run of pages wait."""

_BESIDE_TEXT = frozenset({BlockLabel.FIGURE, BlockLabel.CAPTION, BlockLabel.FOOTNOTE})


def is_passed_over(page: StructuredPage) -> bool:
    """Whether the text can go on behind this page: it shows figures only. What a failed page holds, nobody knows."""
    return page.page.status is not PageStatus.FAILED and all(
        structured.is_running or structured.block.label in _BESIDE_TEXT for structured in page.blocks
    )
