"""Where a text can be cut: between sentences, between words.

Rules for all languages at once, because nothing says which language a block is in; libraries for this ask for it, or
are as large as a model. A wrong place costs little here: only paragraphs that are too long for a chunk are cut.
"""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(
    r"""(?=\n)                                          # lines of lists and verses
    | [。！？｡؟।॥۔።]+["'”’」』）】》]*                   # scripts that need no space behind a sentence
    | (?<![\s.(][A-Za-z])(?<!\b[A-Z])                   # not behind initials, "e.g.", "z.B."
      [.!?…]+["'”’»)\]]*(?=\s+(?![a-zß-öø-ÿа-я]))       # not where the next word begins with a small letter
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"\b(?:al|approx|bzw|ca|cf|Ch|Co|Dr|Eq|Eqs|Fig|Figs|Gl|Hr|Jr|Ltd|Mr|Mrs|Ms|No|Nr|pp|Prof|Ref|Refs|Sec|Sr|St|Tab"
    r"|vgl|Vol|vs)\.\Z"
)
_WITHOUT_SPACES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: words end anywhere, as far as can be said without a dictionary."""
_WORD_END = re.compile(rf"(?=\s)|(?<=[{_WITHOUT_SPACES}])(?=\w)")
_LONGEST_ABBREVIATION = 8
_AHEAD = 8
"""Characters behind a sentence that say whether it has ended."""


def last_sentence_end(text: str, before: int) -> int:
    """The last place up to `before` where a sentence ends, spaces not included; 0 where there is none."""
    ends = (match.end() for match in _SENTENCE_END.finditer(text, 0, before + _AHEAD))
    return max((end for end in ends if end <= before and not _is_abbreviation(text, end)), default=0)


def last_word_end(text: str, before: int) -> int:
    """The last place up to `before` where a word ends; 0 where there is none."""
    return max((match.end() for match in _WORD_END.finditer(text, 0, before + 1) if match.end() <= before), default=0)


def _is_abbreviation(text: str, end: int) -> bool:
    return _ABBREVIATION.search(text, max(0, end - _LONGEST_ABBREVIATION), end) is not None
