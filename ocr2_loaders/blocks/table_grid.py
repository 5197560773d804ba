"""Rows of cells laid out on a grid, as a browser lays them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Cell(NamedTuple):
    """One cell as it was written. `markup` is safe HTML, `text` the same without markup, line breaks kept."""

    markup: str
    text: str
    row_span: int = 1
    col_span: int = 1
    is_header: bool = False


class Row(NamedTuple):
    """The cells that were written in one row. `is_head` is set where the row stands in the table's head."""

    cells: tuple[Cell, ...]
    is_head: bool = False


MAX_PLACES = 500_000
"""Of one grid. Spans and rows of very different lengths can ask for far more than the text that wrote them."""


_FromAbove = dict[int, tuple[Cell, int]]
"""By column: a cell of an earlier row, and how many rows it still covers."""


def grid_of(rows: Sequence[Row]) -> list[list[Cell | None]] | None:
    """Every row with all its places, None where no cell reaches; no grid at all when it would have too many places."""
    if sum(cell.col_span for row in rows for cell in row.cells) > MAX_PLACES:
        return None
    grid: list[list[Cell | None]] = []
    from_above: _FromAbove = {}
    num_places = width = 0
    for row in rows:
        line, from_above = _laid_out(row, from_above)
        width = max(width, len(line))
        num_places += len(line)
        if num_places > MAX_PLACES or width * len(rows) > MAX_PLACES:
            return None
        grid.append(line)
    return [line + [None] * (width - len(line)) for line in grid]


def without_spans(rows: Sequence[Row]) -> list[Row]:
    return [Row(tuple(cell._replace(row_span=1, col_span=1) for cell in row.cells), row.is_head) for row in rows]


def _laid_out(row: Row, from_above: _FromAbove) -> tuple[list[Cell | None], _FromAbove]:
    """The places of one row, and what it leaves to the rows below."""
    places: dict[int, Cell] = {column: cell for column, (cell, _) in from_above.items()}
    below = {column: (cell, left - 1) for column, (cell, left) in from_above.items() if left > 1}
    column = 0
    for cell in row.cells:
        while column in places:
            column += 1
        for _ in range(cell.col_span):
            places[column] = cell
            if cell.row_span > 1:
                below[column] = (cell, cell.row_span - 1)
            column += 1
    return [places.get(column) for column in range(max(places, default=-1) + 1)], below
