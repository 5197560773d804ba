"""A table as the model wrote it, and as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocr2_loaders.blocks.header_rows import num_header_rows
from ocr2_loaders.blocks.table_grid import Cell, Row, grid_of, without_spans


@dataclass(frozen=True, slots=True)
class Table:
    """`html` is one clean `<table>` element. `rows` is the full grid: a spanning cell stands in each of its places.

    `num_header_rows` counts rows that are marked as the head or, where nothing is marked, read like one.
    """

    html: str
    rows: tuple[tuple[str, ...], ...]
    num_header_rows: int = 0


@dataclass(frozen=True, slots=True)
class TableReading:
    """A table, its text (a row a line, tabs between cells, each cell once in a row), and what was odd about it."""

    table: Table
    text: str
    notes: tuple[str, ...] = ()


def table_from(rows: Sequence[Row]) -> TableReading:
    """The table of rows as they were written, spans cut to what the table can hold."""
    rows, notes = _bounded(rows)
    grid = grid_of(rows)
    if grid is None:
        rows = without_spans(rows)
        grid = [list(row.cells) for row in rows]
        notes = (*notes, "the table's spans ask for too many places and were left out")
    cells = tuple(tuple(cell.text if cell else "" for cell in row) for row in grid)
    table = Table(_html(rows), cells, num_header_rows(rows, grid))
    return TableReading(table, "\n".join(map(_line, grid)), notes)


_LONGEST_SPAN = 100
"""Columns; a longer span is cut to the width of the other rows."""


def _bounded(rows: Sequence[Row]) -> tuple[list[Row], tuple[str, ...]]:
    """The rows with spans that end inside the table."""
    width = max((sum(_believed(cell.col_span) for cell in row.cells) for row in rows), default=0)
    bounded = [
        Row(tuple(_cut(cell, width, len(rows) - place) for cell in row.cells), row.is_head)
        for place, row in enumerate(rows)
    ]
    return bounded, ("spans that the table cannot hold were cut",) if bounded != list(rows) else ()


def _believed(col_span: int) -> int:
    return col_span if 1 <= col_span <= _LONGEST_SPAN else 1


def _cut(cell: Cell, width: int, num_rows_left: int) -> Cell:
    if cell.row_span == cell.col_span == 1:
        return cell
    col_span = cell.col_span if cell.col_span <= _LONGEST_SPAN else width
    return cell._replace(row_span=max(1, min(cell.row_span, num_rows_left)), col_span=max(1, col_span))


def _html(rows: Sequence[Row]) -> str:
    return "<table>" + "".join(f"<tr>{''.join(map(_cell_html, row.cells))}</tr>" for row in rows) + "</table>"


def _cell_html(cell: Cell) -> str:
    name = "th" if cell.is_header else "td"
    row_span = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    col_span = f' colspan="{cell.col_span}"' if cell.col_span > 1 else ""
    return f"<{name}{row_span}{col_span}>{cell.markup}</{name}>"


def _line(row: Sequence[Cell | None]) -> str:
    """The row's texts; a cell that spans columns is written in its first one only."""
    shown = (cell if cell is not left else None for left, cell in pairwise([None, *row]))
    return "\t".join(cell.text.replace("\n", " ") if cell else "" for cell in shown).rstrip("\t")
