"""A formula as it is compared: no delimiters, no fonts, no spacing, lower case."""

from __future__ import annotations

import re

_DISPLAY = re.compile(r"\\\[(.+?)(?<!\\)\\\]")
"""On one line only: a formula over several lines keeps its line breaks and its delimiters."""
_COMMANDS_WITH_ARGUMENT = (
    re.compile(r"\\tag\{.*?\}"),
    re.compile(r"\\hspace\{.*?\}"),
    re.compile(r"\\begin\{.*?\}"),
    re.compile(r"\\end\{.*?\}"),
    re.compile(r"\\arraycolsep.*?\}"),
)
_FONTS = (
    *(
        "\\mathbf",
        "\\mathrm",
        "\\mathnormal",
        "\\mathit",
        "\\mathbb",
        "\\mathcal",
        "\\mathscr",
        "\\mathfrak",
        "\\mathsf",
    ),
    *("\\mathtt", "\\textbf", "\\text", "\\boldmath", "\\boldsymbol", "\\operatorname", "\\bm", "\\symbfit"),
    *("\\mathbfcal", "\\symbf", "\\scriptscriptstyle", "\\notag"),
)
_SPACING = (
    *("\\setlength", "\\coloneqq", "\\space", "\\thickspace", "\\thinspace", "\\medspace", "\\nobreakspace"),
    *("\\negmedspace", "\\quad", "\\qquad", "\\enspace", "\\substackw", " ", "$$", "\\left", "\\right"),
    *("\\displaystyle", "\\text"),
)
_DELETED_IN_THIS_ORDER = (*_FONTS, *_SPACING)
"""Plain substrings, so `\\rightarrow` becomes `arrow` and `\\textstyle` becomes `style`, as the benchmark has it."""


def normal_formula(latex: str) -> str:
    """The part of a formula that decides how it looks, as the benchmark sees it."""
    latex = latex.strip().strip("$").strip("\n")
    if display := _DISPLAY.search(latex):
        latex = display[1].strip()
    for command in _COMMANDS_WITH_ARGUMENT:
        latex = command.sub("", latex)
    latex = latex.strip(".")
    for deleted in _DELETED_IN_THIS_ORDER:
        latex = latex.replace(deleted, "")
    return latex.lower()
