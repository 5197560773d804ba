"""A table with its spans, as Word lays it out: row by row, a spanning cell continued in every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import groupby
from typing import TYPE_CHECKING, cast

from docx.oxml.parser import OxmlElement

from ocr2_loaders.blocks.table import Table
from ocr2_loaders.blocks.table_grid import Cell
from ocr2_loaders.export.inline import Run, runs_of
from ocr2_loaders.export.table_cells import Grid, grid_in
from ocr2_loaders.export.word.body import Body
from ocr2_loaders.export.word.runs import add_all
from ocr2_loaders.export.xml_text import xml_text

if TYPE_CHECKING:
    from docx.oxml.table import CT_Row, CT_Tc

_MOST_COLUMNS = 63
"""Word opens no table that has more."""


def add_table(body: Body, table: Table) -> None:
    """Adds the table; one with more columns than Word can have as lines of text with tabs between the cells."""
    grid = grid_in(table)
    num_columns = max(map(len, grid), default=0)
    if not 0 < num_columns <= _MOST_COLUMNS:
        for texts in table.rows:
            body.paragraph("Normal").add_run(xml_text("\t".join(texts)))
        return
    written = body.table(num_columns, "Table Grid")
    for row in range(len(grid)):
        written.append(_row(body, grid, row, is_header=row < table.num_header_rows))


def _row(body: Body, grid: Grid, row: int, *, is_header: bool) -> CT_Row:
    """One row; Word repeats header rows on every page that the table runs over."""
    written = cast("CT_Row", OxmlElement("w:tr"))
    if is_header:
        written.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for column, num_columns in _groups(grid[row]):
        cell = grid[row][column]
        is_continued = row > 0 and cell is not None and grid[row - 1][column] is cell
        goes_on = row + 1 < len(grid) and cell is not None and grid[row + 1][column] is cell
        written_cell = cast("CT_Tc", OxmlElement("w:tc"))
        written_cell.grid_span = num_columns
        if is_continued or goes_on:
            written_cell.vMerge = "continue" if is_continued else "restart"
        paragraph = body.paragraph_of(written_cell.add_p())
        if cell is not None and not is_continued:
            add_all(paragraph, _runs(cell, is_bold=is_header or cell.is_header))
        written.append(written_cell)
    return written


def _groups(line: list[Cell | None]) -> Iterator[tuple[int, int]]:
    """Where each cell of a row begins and how many columns it takes; places without a cell stand alone."""
    for _, group in groupby(range(len(line)), key=lambda column: id(line[column]) if line[column] else -column):
        columns = list(group)
        yield columns[0], len(columns)


def _runs(cell: Cell, *, is_bold: bool) -> Iterator[Run]:
    """The cell's runs. In its markup, unlike in a block's, the LaTeX of formulas is escaped too."""
    for run in runs_of(cell.markup):
        text = unescape(run.text) if run.is_formula else run.text
        yield replace(run, text=text, styles=run.styles | {"b"} if is_bold else run.styles)
