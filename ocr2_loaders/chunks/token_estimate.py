"""How many tokens a text may have, where no tokenizer is at hand."""

from __future__ import annotations

import re

_TOKENS = re.compile(
    rb"[A-Z]?[a-z]{1,3}|[A-Z]{1,2}|[0-9]|[\xc0-\xff]?[\x80-\xbf]|\n|[^\sA-Za-z0-9\x80-\xff]|[ \t]{2,8}"
)
_START_AND_END = 2


def estimated_tokens(text: str) -> int:
    """More tokens than common tokenizers make of text; an estimate, so give your model's own where the limit is hard.

    Counted as one are three small letters, two capitals, a digit, a sign, an accented or Cyrillic letter; as two a
    Chinese character or a letter of an Indian script; and two for the start and the end that many models add.
    """
    return _START_AND_END + len(_TOKENS.findall(text.encode("utf-8", "replace")))
