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


class TableRows:
    """The rows of a table: as text, as HTML, and which of them are tied together."""

    def __init__(self, table: Table, text: str) -> None:
        lines = text.split("\n")
        self._table = table
        self._html = rows_html(table)
        self._has_html = len(self._html) == len(table.rows)
        self.lines = lines if len(lines) == len(table.rows) else [_line(row) for row in table.rows]
        self.ends = self._ends()
        """Where the groups of rows end: a group is a row, or the rows that are tied by a cell that spans them."""
        self._all_ends = {0, *self.ends}

    def table_of(self, begin: int, end: int, *, num_header_rows: int) -> Table:
        """The first rows as the head and the rows `begin` to `end`; cells that a cut goes through stand in each row."""
        table = self._table
        rows = (*table.rows[:num_header_rows], *table.rows[begin:end])
        if self._has_html and {num_header_rows, begin, end} <= self._all_ends:
            inner = "".join((*self._html[:num_header_rows], *self._html[begin:end]))
        else:
            inner = "".join(_row_html(row, is_head=place < num_header_rows) for place, row in enumerate(rows))
        return replace(table, html=f"<table>{inner}</table>", rows=rows, num_header_rows=num_header_rows)

    def _ends(self) -> list[int]:
        num_rows = len(self._table.rows)
        if not self._has_html or "rowspan=" not in self._table.html:
            return list(range(1, num_rows + 1))
        ends = []
        reach = 0
        for place, row in enumerate(self._html):
            reach = max([reach, *(place + int(span) for span in _ROW_SPAN.findall(row))])
            if reach <= place + 1:
                ends.append(place + 1)
        return ends if ends and ends[-1] == num_rows else [*ends, num_rows]


def _line(row: Sequence[str]) -> str:
    return "\t".join(cell.replace("\n", " ") for cell in row)


def _row_html(row: Sequence[str], *, is_head: bool) -> str:
    name = "th" if is_head else "td"
    cells = (escape(cell, quote=False).replace("\n", "<br>") for cell in row)
    return f"<tr>{''.join(f'<{name}>{cell}</{name}>' for cell in cells)}</tr>"
