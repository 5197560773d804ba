"""The words that captions begin with."""

from __future__ import annotations

import re

from ocr2_loaders.blocks.label import BlockLabel

_LONGEST = 600
_TABLE_WORDS = re.compile(
    r"\s*(?:table|tab\.|tabelle|tableau|tabla|tabella|表|таблица)\s*[0-9A-Z一二三四五六七八九十]", re.IGNORECASE
)
_FIGURE_WORDS = re.compile(
    r"\s*(?:supplementary\s+)?(?:figure|fig\.|abbildung|abb\.|figura|chart|scheme|plate|photo|bild|图|図|圖|рис\.|рисунок)"
    r"\s*[0-9A-Z一二三四五六七八九十]",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*[^\W\d]+\.?\s*[0-9A-Z]+(?:[.\-][0-9]+)*\s*(?:[.:|\u2013\u2014]|\(|\s[A-Z]|\Z)")


def kind_of_caption(text: str) -> BlockLabel | None:
    """Whether the words are about a table or a figure: "Table 2", "Abb. 3"; None where they do not say."""
    if _TABLE_WORDS.match(text):
        return BlockLabel.TABLE
    return BlockLabel.FIGURE if _FIGURE_WORDS.match(text) else None


def reads_like_caption(text: str) -> bool:
    """Whether text could be a caption that nobody called one; "Table 2 shows that" could not."""
    return len(text) <= _LONGEST and _NUMBERED.match(text) is not None and kind_of_caption(text) is not None
