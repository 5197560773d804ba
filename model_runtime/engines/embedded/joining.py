"""Lines of a paragraph joined into one text: hyphens at line ends, no spaces between Chinese characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

SOFT_HYPHENS = "\u00ad\u0002\ufffe"
"""U+00AD is the soft hyphen; pdfium writes U+0002 or U+FFFE for a hyphen at a line's end that it takes for one."""
LONGEST_WORD = 64
"""In characters, hyphen included."""
_HYPHEN_END = re.compile(r"[^\W_][-\u2010]$")
_BROKEN_WORD = re.compile(r"(?:^|[^\w-])(?P<start>(?:[^\W\d_]|['’]){2,60})[-\u2010]$")
_LETTERS = re.compile(r"[^\W\d_]+")
_SPACELESS = re.compile(r"[\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")


def compounds(lines: Iterable[str]) -> frozenset[str]:
    """The words spelled with a hyphen within a line, in lower case: evidence that the hyphen belongs to them."""
    return frozenset(word.lower() for line in lines for word in _COMPOUND.findall(line))


def joined(lines: Iterable[str], spelled_with_hyphen: frozenset[str] = frozenset()) -> str:
    """One text. A hyphen that only breaks a word is dropped; one that belongs to the word stays."""
    written: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if written:
            written[-1] = _before(written[-1], line, spelled_with_hyphen)
        written.append(line)
    return "".join(written).translate(dict.fromkeys(map(ord, SOFT_HYPHENS)))


def _before(line: str, following: str, spelled_with_hyphen: frozenset[str]) -> str:
    """`line` as it stands in front of the `following` one: with a space, as it is, or without its hyphen."""
    if line[-1] in SOFT_HYPHENS:
        return line
    if _HYPHEN_END.search(line[-2:]) and following[0].isalnum():
        return line[:-1] if _only_breaks(line, following, spelled_with_hyphen) else line
    spaceless = _SPACELESS.match(line[-1]) or _SPACELESS.match(following[0])
    return line if spaceless else f"{line} "


def _only_breaks(line: str, following: str, spelled_with_hyphen: frozenset[str]) -> bool:
    """Whether the hyphen at the end of `line` is there for the line's sake.

    It is not where a digit or a capital follows, in a word with further hyphens (state-of-the-art), or where the page
    spells the compound elsewhere.
    """
    broken = _BROKEN_WORD.search(line[-LONGEST_WORD:])
    if broken is None or not following[0].islower():
        return False
    rest = _LETTERS.match(following)
    return rest is None or f"{broken['start']}-{rest.group()}".lower() not in spelled_with_hyphen
