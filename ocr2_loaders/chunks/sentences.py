"""Where a text can be cut: between sentences, between words."""

from __future__ import annotations

import re
from bisect import bisect_right

_SENTENCE_END = re.compile(
    r"""\n+                                             # lines of lists and verses
    | [。！？｡．؟।॥۔።]+["'”’」』）】》]*                  # scripts that need no space behind a sentence
    | (?<![\s.]\b[A-Za-z])(?<!\b[A-Z])                  # not behind initials, "e.g.", "z.B."
      [.!?…]+["'”’»)\]]*\s+(?![a-zß-öø-ÿа-я])           # not where the next word goes on in small letters
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:al|approx|bzw|ca|cf|Ch|Co|Dr|Eq|Eqs|Fig|Figs|Gl|Hr|Inc|Jr|Ltd|Mr|Mrs|Ms|No|Nr|pp|Prof|Ref|Refs|Sec|Sr|St"
    r"|Tab|usw|vgl|Vol|vs))\.\s+\Z"
)
_WORD_END = re.compile(
    r"\s+|(?<=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff])(?=\w)"
)
"""Spaces; and any place behind a character of scripts that write without them."""


def sentence_ends(text: str, before: int) -> list[int]:
    """The places up to `before` where a sentence ends, spaces behind it included."""
    found = (match.end() for match in _SENTENCE_END.finditer(text, 0, min(len(text), before + 2)))
    return [end for end in found if 0 < end <= before and not _ABBREVIATION.search(text, max(0, end - 12), end)]


def last_sentence_end(text: str, before: int) -> int:
    """0 where no sentence ends up to there."""
    ends = sentence_ends(text, before)
    return ends[bisect_right(ends, before) - 1] if ends else 0


def last_word_end(text: str, before: int) -> int:
    """0 where no word ends up to there."""
    return max((match.end() for match in _WORD_END.finditer(text, 0, before + 1) if match.end() <= before), default=0)
