"""Lines of a paragraph joined into one text: hyphens at line ends, no spaces between Chinese characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

SOFT_HYPHENS = "\u00ad\u0002\ufffe"
"""U+00AD is the soft hyphen; pdfium writes U+0002 or U+FFFE for a hyphen at a line's end that it takes for one."""
_SOFT_END = re.compile(f"[{SOFT_HYPHENS}]+$")
_HYPHEN_END = re.compile(r"[^\W_][-\u2010]$")
_BROKEN_WORD = re.compile(r"[^\W\d_]{2,}[-\u2010]$")
_SPACELESS = re.compile(r"[\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")


def compounds(lines: Iterable[str]) -> frozenset[str]:
    """The words spelled with a hyphen within a line, in lower case: evidence that the hyphen belongs to them."""
    return frozenset(word.lower() for line in lines for word in _COMPOUND.findall(line))


def joined(lines: Iterable[str], spelled_with_hyphen: frozenset[str] = frozenset()) -> str:
    """One text. A hyphen that only breaks a word is dropped; one that belongs to the word stays."""
    text = ""
    for line in lines:
        text = _with(text, line.strip(), spelled_with_hyphen) if text else line.strip()
    return text.translate(dict.fromkeys(map(ord, SOFT_HYPHENS)))


def _with(text: str, line: str, spelled_with_hyphen: frozenset[str]) -> str:
    if not line:
        return text
    if _SOFT_END.search(text):
        return _SOFT_END.sub("", text) + line
    if _HYPHEN_END.search(text) and line[0].isalnum():
        return text[:-1] + line if _only_breaks(text, line, spelled_with_hyphen) else text + line
    spaceless = _SPACELESS.match(text[-1]) or _SPACELESS.match(line[0])
    return text + line if spaceless else f"{text} {line}"


def _only_breaks(text: str, line: str, spelled_with_hyphen: frozenset[str]) -> bool:
    """Whether the hyphen at the end of `text` is there for the line's sake.

    It is not where a digit or a capital follows, in a word with further hyphens (state-of-the-art), or where the page
    spells the compound elsewhere.
    """
    if not (_BROKEN_WORD.search(text) and line[0].islower()):
        return False
    before = text.rsplit(None, 1)[-1]
    if "-" in before[:-1]:
        return False
    after = re.match(r"[^\W\d_]+", line)
    return after is None or f"{before[:-1]}-{after.group()}".lower() not in spelled_with_hyphen
