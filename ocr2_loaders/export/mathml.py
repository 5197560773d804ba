"""LaTeX as MathML, which browsers draw by themselves and other formats are made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from xml.etree.ElementTree import Element

from ocr2_loaders.export.xml_text import xml_text

_LONGEST = 10_000
_DEEPEST = 50
"""Characters, and groups within groups; no formula on a page comes near either."""
_MACRO = re.compile(r"\\(?:def|let|newcommand|renewcommand|providecommand|DeclareMathOperator)\b")
"""A few lines of macros can ask for more memory than there is."""
_LAYOUT = (
    "accent accentunder columnalign columnlines columnspacing columnspan depth displaystyle fence form height "
    "largeop linebreak linethickness lspace mathsize mathvariant maxsize minsize movablelimits notation rowlines "
    "rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width"
)
LAYOUT = frozenset(_LAYOUT.split())
"""The attributes that formulas keep. What is left out could link somewhere or borrow the page's styles."""

_OF_MATH = {"xmlns", "display"}


def mathml_of(latex: str, *, is_display: bool) -> Element | None:
    """The formula as a `math` element with its LaTeX as `alttext`; None for what is no LaTeX that can be read."""
    if len(latex) > _LONGEST or _depth(latex) > _DEEPEST or _MACRO.search(latex):
        return None
    latex = xml_text(latex)
    from latex2mathml.converter import convert_to_element

    try:
        math = convert_to_element(latex, display="block" if is_display else "inline")
    except _errors():
        return None
    for element in math.iter():
        _clean(element)
    math.set("alttext", latex)
    return math


@cache
def _errors() -> tuple[type[Exception], ...]:
    """All that latex2mathml raises for odd LaTeX: its own errors, which have no base, and those of its Python."""
    from latex2mathml import exceptions

    own = (each for each in vars(exceptions).values() if isinstance(each, type) and issubclass(each, Exception))
    return (*own, LookupError, ValueError, TypeError, AttributeError, RuntimeError, StopIteration)


def _depth(latex: str) -> int:
    return max(_depths(latex), default=0)


def _depths(latex: str) -> Iterator[int]:
    """How many groups are open behind each mark that opens or closes one."""
    depth = 0
    for mark in re.finditer(r"\\begin|\\left\b|\\end|\\right\b|\\.|[{}]", latex):
        depth += _STEP.get(mark[0], 0)
        yield depth


_STEP = {"{": 1, "\\begin": 1, "\\left": 1, "}": -1, "\\end": -1, "\\right": -1}


def _clean(element: Element) -> None:
    element.text = unescape(element.text) if element.text else element.text
    for name in set(element.attrib) - LAYOUT - _OF_MATH:
        del element.attrib[name]
