"""Outermost tables in a text: HTML elements and LaTeX environments, with nested ones inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text. `end` may lie one character behind the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Brackets:
    """What opens and closes a table. The steps are how far the scan moves on, as the benchmark has them.

    `step` is the length of the closing *pattern*, one more than the closing tag has in LaTeX, and serves for opening
    tags too: of `<table><table>` the second is never seen.
    """

    opening: re.Pattern[str]
    closing: re.Pattern[str]
    step: int
    restart: int
    """How far behind an opening tag that is never closed the scan begins again."""


_HTML = _Brackets(re.compile(r"<table(?:[^>]*)>"), re.compile(r"</table>"), len("</table>"), len(r"<table(?:[^>]*)>"))
_TABULAR = _Brackets(
    re.compile(r"\\begin{tabular}"),
    re.compile(r"\\end{tabular}"),
    len(r"\\end{tabular}"),
    len(r"\\begin{tabular}"),
)
_TABLE_ENVIRONMENT = re.compile(r"\\begin{table}(.*?)\\end{table}", re.DOTALL)


def html_tables(text: str) -> list[Span]:
    """The outermost `<table>` elements; one that is never closed hides none that follow."""
    return list(_outermost(text, _HTML))


def latex_tables(text: str) -> list[Span]:
    """The `table` environments, and the outermost `tabular` environments outside of them, in order."""
    tables = [Span(*found.span()) for found in _TABLE_ENVIRONMENT.finditer(text)]
    for table in tables:
        text = blanked(text, table)
    return sorted([*tables, *_outermost(text, _TABULAR)], key=lambda table: table.start)


def blanked(text: str, span: Span) -> str:
    """The text with spaces in place of the span, so that every other offset stays."""
    return text[: span.start] + " " * (span.end - span.start) + text[span.end :]


def _outermost(text: str, brackets: _Brackets) -> Iterator[Span]:
    start_at: int | None = 0
    while start_at is not None and brackets.closing.search(text, start_at):
        open_at: list[int] = []
        yield from _closed_from(start_at, text, brackets, open_at)
        start_at = open_at[0] + brackets.restart if open_at else None


def _closed_from(position: int, text: str, brackets: _Brackets, open_at: list[int]) -> Iterator[Span]:
    """Outermost spans that are closed, from `position` on; what stays open is left in `open_at`."""
    while closing := brackets.closing.search(text, position):
        opening = brackets.opening.search(text, position)
        if opening and opening.start() < closing.start():
            open_at.append(opening.start())
            position = opening.start() + brackets.step
            continue
        position = closing.start() + brackets.step
        if open_at:
            start = open_at.pop()
            if not open_at:
                yield Span(start, position)
    if not open_at and (opening := brackets.opening.search(text, position)):
        open_at.append(opening.start())
