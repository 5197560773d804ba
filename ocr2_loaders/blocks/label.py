"""The kinds of block, and which of them each of the model's own labels means."""

from __future__ import annotations

import re
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


_MEANT = {
    BlockLabel.TITLE: "title doc_title",
    BlockLabel.HEADING: "sub_title heading section section_header section_title paragraph_title",
    BlockLabel.TEXT: "text paragraph abstract content",
    BlockLabel.LIST: "list list_item",
    BlockLabel.TABLE: "table",
    BlockLabel.FORMULA: "equation formula",
    BlockLabel.FIGURE: "image figure chart picture",
    BlockLabel.CAPTION: "image_caption table_caption figure_title figure_caption table_title chart_caption caption",
    BlockLabel.FOOTNOTE: "image_footnote table_footnote figure_footnote footnote page_footnote",
    BlockLabel.CODE: "code algorithm",
    BlockLabel.REFERENCE: "reference references bibliography",
    BlockLabel.HEADER: "header page_header",
    BlockLabel.FOOTER: "footer page_footer",
    BlockLabel.PAGE_NUMBER: "page_number number",
    BlockLabel.OTHER: "other",
}
_LABELS = {word: label for label, words in _MEANT.items() for word in words.split()}
_FIRST_WORD = re.compile(r"[a-z]+")


def is_known(model_label: str) -> bool:
    """Whether `model_label` is, letter for letter, a label and not text of the page."""
    return model_label in _LABELS


def label_of(model_label: str | None) -> BlockLabel:
    """The kind that the model's label means: by the whole label, else by its first word ("table C1", "text_begin")."""
    if model_label is None:
        return BlockLabel.TEXT
    if known := _LABELS.get(model_label):
        return known
    lowered = "_".join(model_label.lower().split())
    first_word = _FIRST_WORD.match(lowered)
    return _LABELS.get(lowered) or _LABELS.get(first_word[0] if first_word else "", BlockLabel.OTHER)
