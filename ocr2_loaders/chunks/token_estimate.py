"""How many tokens a text may have, where no tokenizer is at hand."""

from __future__ import annotations

import re

_TOKENS = re.compile(rb"[A-Za-z]{1,3}|[0-9]|[\x80-\xff]{1,2}|\n|[^A-Za-z0-9\s\x80-\xff]|[ \t]{2,16}")


def estimated_tokens(text: str) -> int:
    """More tokens than common tokenizers make of the text; an estimate, so give your model's own where it matters.

    Counted are three letters as one, every digit and sign, and every two bytes outside ASCII.
    """
    return len(_TOKENS.findall(text.encode("utf-8", "replace")))
