r"""Formulas out of their delimiters: `\[ … \]`, `\( … \)`, `$$ … $$`, `$ … $`, also where one of a pair is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_DELIMITER = re.compile(r"\\\\|\\\$|\\[\[\]()]|\$\$|\$")
_CLOSES = {r"\[": r"\]", r"\(": r"\)", "$$": "$$", "$": "$"}
_ESCAPED = {"\\\\", r"\$"}
"""A line break in LaTeX may be followed by a bracket (`\\[1ex]`), and an escaped dollar is one."""


class Formula(NamedTuple):
    """What a formula's text holds: its LaTeX, one formula a line, the text with it in place, and Markdown to show."""

    latex: str
    text: str
    markdown: str


def formula_of(body: str) -> Formula:
    """All formulas in `body`; the whole of it is one where it has no delimiters."""
    pieces = [(is_formula, piece.strip()) for is_formula, piece in _pieces(body) if piece.strip()]
    formulas = [piece for is_formula, piece in pieces if is_formula] or [body.strip()]
    latex = "\n".join(formulas)
    text = " ".join(piece for _, piece in pieces)
    if all(is_formula for is_formula, _ in pieces) or not any(is_formula for is_formula, _ in pieces):
        return Formula(latex, text, "\n\n".join(map(_displayed, formulas)))
    return Formula(latex, text, body.strip())


def is_display_formula(body: str) -> bool:
    r"""Whether all of `body` is one formula between `\[` and `\]`, or between double dollars."""
    text = body.strip()
    if not text.startswith(("\\[", "$$")):
        return False
    return [is_formula for is_formula, piece in _pieces(text) if piece.strip()] == [True] and _ends_closed(text)


def _ends_closed(text: str) -> bool:
    return text.endswith("\\]") if text.startswith("\\[") else len(text) > 4 and text.endswith("$$")


def _displayed(latex: str) -> str:
    return f"\\[\n{latex}\n\\]" if "\n" in latex else f"\\[ {latex} \\]"


def _pieces(body: str) -> Iterator[tuple[bool, str]]:
    """The text between delimiters, and whether it is a formula."""
    start, closer = 0, ""
    for found in _DELIMITER.finditer(body):
        mark = found[0]
        if mark in _ESCAPED or (closer and mark != closer and _CLOSES.get(mark) != closer):
            continue
        is_open = bool(closer)
        yield is_open or mark not in _CLOSES, body[start : found.start()]
        closer = "" if mark == closer else _CLOSES.get(mark, "")
        start = found.end()
    yield bool(closer), body[start:]
