"""A table's cells in their places: what formats need that write spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocr2_loaders.blocks.table import Table
from ocr2_loaders.blocks.table_grid import Cell, grid_of, without_spans
from ocr2_loaders.blocks.table_markup import rows_in

Grid = list[list[Cell | None]]
"""All places of a table; a spanning cell is the same object in each of its places."""


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell with its upper left place and its size in places."""

    cell: Cell
    row: int
    column: int
    num_rows: int
    num_columns: int


def grid_in(table: Table) -> Grid:
    rows, _ = rows_in(table.html) or ([], "")
    return grid_of(rows) or grid_of(without_spans(rows)) or []


def placed_cells(grid: Grid) -> Iterator[PlacedCell]:
    """Every cell once, row by row."""
    seen: set[int] = set()
    for row, line in enumerate(grid):
        for column, cell in enumerate(line):
            if cell is not None and id(cell) not in seen:
                seen.add(id(cell))
                yield PlacedCell(cell, row, column, _num_rows(grid, row, column), _num_columns(line, column))


def _num_columns(line: list[Cell | None], column: int) -> int:
    end = column
    while end < len(line) and line[end] is line[column]:
        end += 1
    return end - column


def _num_rows(grid: Grid, row: int, column: int) -> int:
    end = row
    while end < len(grid) and grid[end][column] is grid[row][column]:
        end += 1
    return end - row
