"""The model's Markdown without its marks: what is left when only the words count."""

from __future__ import annotations

import re
from html import unescape

from model_runtime.vocabulary import IMAGE, SPECIAL_TOKENS
from ocr2_loaders.blocks.html_tag import TABLE_TAG, TEXT_TAG

_TOKENS = re.compile("|".join(re.escape(token) for token in SPECIAL_TOKENS if token != IMAGE))
"""All but the image token, which the model never writes and a page about HTML may well show."""
_TABLE_TAG = re.compile(TABLE_TAG, re.IGNORECASE)
_TEXT_TAG = re.compile(TEXT_TAG, re.IGNORECASE)
_CENTER = re.compile(r"</?center\s*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+)(?<=\S)\*\*")


def without_tokens(text: str) -> str:
    """`text` without the model's special tokens."""
    return _TOKENS.sub("", text) if "<" in text else text


def without_table_tags(text: str) -> str:
    """`text` without table tags that belong to no table."""
    return _TABLE_TAG.sub(" ", text) if "<" in text else text


def uncentered(text: str) -> str:
    return _CENTER.sub("", text).strip() if "<" in text else text.strip()


def plain(text: str) -> str:
    """`text` without tags, bold marks and character references; inline LaTeX stays as it is."""
    if "<" in text:
        text = _TEXT_TAG.sub("", _BREAK.sub("\n", text))
    return unescape(_BOLD.sub(r"\1", text)).strip()
