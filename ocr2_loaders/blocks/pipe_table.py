"""Tables in Markdown's own form: lines of cells between bars, with a line of dashes below the header."""

from __future__ import annotations

import re
from html import escape

from ocr2_loaders.blocks.table_grid import Cell, Row

_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*+\|?")
_BAR = re.compile(r"(?<!\\)\|")


def pipe_rows_in(text: str) -> list[Row] | None:
    """The rows of `text`; None unless all of it is one table."""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) < 2 or "|" not in lines[1] or not _RULE.fullmatch(lines[1]):
        return None
    if not all(line.startswith("|") for line in lines):
        return None
    return [_row(lines[0], is_header=True), *(_row(line, is_header=False) for line in lines[2:])]


def _row(line: str, *, is_header: bool) -> Row:
    cells = _BAR.split(line.removeprefix("|"))
    if not cells[-1].strip():
        cells.pop()
    texts = (cell.replace("\\|", "|").strip() for cell in cells)
    return Row(tuple(Cell(escape(text, quote=False), text, is_header=is_header) for text in texts))
