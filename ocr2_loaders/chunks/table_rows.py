"""Some rows of a table as a table of their own, with the head in front."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from ocr2_loaders.blocks.table import Table
from ocr2_loaders.structure.seam import rows_html

_ROW_SPAN = re.compile(r'<t[hd] rowspan="(\d+)"')
"""As `Table.html` writes it."""


def tied_rows(table: Table) -> list[int]:
    """Where the groups of rows end: a group is a row, or the rows that are tied by a cell that spans them."""
    html = rows_html(table)
    if len(html) != len(table.rows):
        return list(range(1, len(table.rows) + 1))
    ends = []
    reach = 0
    for place, row in enumerate(html):
        reach = max([reach, *(place + int(span) for span in _ROW_SPAN.findall(row))])
        if reach <= place + 1:
            ends.append(place + 1)
    return ends if ends and ends[-1] == len(html) else [*ends, len(html)]


def with_rows(table: Table, begin: int, end: int, *, num_header_rows: int) -> Table:
    """The first rows as the head and the rows `begin` to `end`; cells that a cut goes through stand in each row."""
    shown = [*range(num_header_rows), *range(begin, end)]
    rows = tuple(table.rows[place] for place in shown)
    html = rows_html(table)
    ends = {0, *tied_rows(table)}
    if len(html) == len(table.rows) and {num_header_rows, begin, end} <= ends:
        inner = "".join(html[place] for place in shown)
    else:
        inner = "".join(_row_html(row, is_head=place < num_header_rows) for place, row in enumerate(rows))
    return replace(table, html=f"<table>{inner}</table>", rows=rows, num_header_rows=num_header_rows)


def row_lines(table: Table, text: str) -> list[str]:
    """A line of text for each row: those of `text` where it has them."""
    lines = text.split("\n")
    return lines if len(lines) == len(table.rows) else [_line(row) for row in table.rows]


def _line(row: Sequence[str]) -> str:
    return "\t".join(cell.replace("\n", " ") for cell in row)


def _row_html(row: Sequence[str], *, is_head: bool) -> str:
    name = "th" if is_head else "td"
    cells = (escape(cell, quote=False).replace("\n", "<br>") for cell in row)
    return f"<tr>{''.join(f'<{name}>{cell}</{name}>' for cell in cells)}</tr>"
