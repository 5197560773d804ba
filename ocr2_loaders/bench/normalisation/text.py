"""Plain text as it is compared: letters and digits only, inline formulas turned into Unicode first."""

from __future__ import annotations

import logging
import re

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerError

logging.getLogger("pylatexenc").setLevel(logging.ERROR)  # broken LaTeX is the normal case here

_INLINE_FORMULA = re.compile(r"\$(.*?)\$|\\\((.*?)\\\)")
_ESCAPED_CHARACTER = re.compile(r"\\([\\_&%^])")
_LATEX_CHARACTERS = frozenset(r"\^_")
_LITERAL_BREAKS = ("\\t", "\\n", "\t", "\n", "/t", "/n")
_NO_LETTER = re.compile(r"[^\w\u4e00-\u9fff]")
_CONVERSION_ERRORS = (LatexWalkerError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What pylatexenc raises on broken LaTeX, some of it by accident."""


def normal_text(text: str) -> str:
    """The letters and digits of a piece of Markdown, its inline formulas written in Unicode."""
    return letters_of(_with_formulas_in_unicode(text))


def letters_of(text: str) -> str:
    r"""What is left without spaces and punctuation. Upper case, accents and full-width forms stay.

    The two-character sequences ``\t``, ``\n``, ``/t`` and ``/n`` go first, as the benchmark has it: "and/nor" becomes
    "andor".
    """
    for literal in _LITERAL_BREAKS:
        text = text.replace(literal, "")
    return _NO_LETTER.sub("", text)


def latex_as_text(latex: str) -> str:
    """LaTeX in Unicode; as it was where it cannot be converted."""
    try:
        return str(LatexNodes2Text().latex_to_text(latex))
    except _CONVERSION_ERRORS:
        return latex


def _with_formulas_in_unicode(text: str) -> str:
    return _INLINE_FORMULA.sub(_formula_in_unicode, text)


def _formula_in_unicode(found: re.Match[str]) -> str:
    formula = _ESCAPED_CHARACTER.sub("", found[1] if found[1] is not None else found[2])
    if _LATEX_CHARACTERS.isdisjoint(formula):
        return found[0]
    if formula.endswith("\\"):
        formula += " "
    try:
        return str(LatexNodes2Text().latex_to_text(formula)).strip()
    except _CONVERSION_ERRORS:
        return found[0]
