"""The model's Markdown without its marks: what is left when only the words count."""

from __future__ import annotations

import re
from html import unescape

from model_runtime.vocabulary import IMAGE, SPECIAL_TOKENS

_TOKENS = re.compile("|".join(re.escape(token) for token in SPECIAL_TOKENS if token != IMAGE))
"""All but the image token, which the model never writes and a page about HTML may well show."""
_TABLE_TAGS = re.compile(r"</?(?:table|thead|tbody|tfoot|tr|td|th)(?![\w-])[^<>]*>", re.IGNORECASE)
_CENTER = re.compile(r"</?center\s*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STYLE_TAGS = re.compile(r"</?(?:b|strong|i|em|u|sup|sub|span|p|div)(?![\w-])[^<>]*>", re.IGNORECASE)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+)(?<=\S)\*\*")


def without_tokens(text: str) -> str:
    """`text` without the model's special tokens."""
    return _TOKENS.sub("", text) if "<" in text else text


def without_table_tags(text: str) -> str:
    """`text` without table tags that belong to no table."""
    return _TABLE_TAGS.sub(" ", text) if "<" in text else text


def uncentered(text: str) -> str:
    return _CENTER.sub("", text).strip() if "<" in text else text.strip()


def plain(text: str) -> str:
    """`text` without tags, bold marks and character references; inline LaTeX stays as it is."""
    if "<" in text:
        text = _STYLE_TAGS.sub("", _BREAK.sub("\n", _CENTER.sub("", text)))
    return unescape(_BOLD.sub(r"\1", text)).strip()
