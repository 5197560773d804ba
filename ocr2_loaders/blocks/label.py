"""The kinds of block, and which of them each of the model's own labels means."""

from __future__ import annotations

from enum import StrEnum


class BlockLabel(StrEnum):
    """What a block is. The model's own word for it is kept beside it, in `Block.model_label`."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    LIST = "list"
    TABLE = "table"
    FORMULA = "formula"
    FIGURE = "figure"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    CODE = "code"
    REFERENCE = "reference"
    HEADER = "header"
    FOOTER = "footer"
    PAGE_NUMBER = "page_number"
    OTHER = "other"
