"""Ruled tables as HTML."""

from __future__ import annotations

from lxml import html

from model_runtime.engines.embedded.rect import Rect
from model_runtime.engines.embedded.sheet import Piece
from model_runtime.engines.embedded.table import tables


def grid_lines(columns: int, rows: int) -> list[Rect]:
    """A grid of cells of 100 by 20 points from the upper left corner."""
    across = [Rect(0, 20.0 * i, 100.0 * columns, 20.0 * i + 0.4) for i in range(rows + 1)]
    down = [Rect(100.0 * i, 0, 100.0 * i + 0.4, 20.0 * rows) for i in range(columns + 1)]
    return [*across, *down]


def piece(text: str, column: float, row: float, width: float = 50.0, *, bold: bool = False) -> Piece:
    x, y = 100 * column + 10, 20 * row + 4
    return Piece(text, Rect(x, y, x + width, y + 10), 10.0, bold=bold)


def rows_of(table: str) -> list[list[str]]:
    return [[cell.text_content() for cell in row] for row in html.fromstring(table).iter("tr")]


def test_text_stands_in_the_cell_that_is_drawn_around_it():
    pieces = [piece(f"r{row}c{column}", column, row) for row in range(3) for column in range(2)]
    (table,), left = tables(grid_lines(2, 3), pieces[::-1])
    assert rows_of(table.html) == [["r0c0", "r0c1"], ["r1c0", "r1c1"], ["r2c0", "r2c1"]]
    assert left == []


def test_text_beside_the_table_is_left():
    outside = piece("outside", 5, 1)
    (table,), left = tables(grid_lines(2, 2), [piece("a", 0, 0), piece("b", 1, 1), outside])
    assert left == [outside]
    assert "outside" not in table.html


def test_markup_in_a_cell_is_text():
    (table,), _ = tables(grid_lines(2, 1), [piece("<b>x</b> & y", 0, 0), piece("</td>", 1, 0)])
    assert rows_of(table.html) == [["<b>x</b> & y", "</td>"]]


def test_a_piece_that_runs_through_a_line_is_cut_at_the_space_nearest_to_it():
    (table,), _ = tables(grid_lines(2, 1), [piece("left half right half", 0, 0, width=180)])
    assert rows_of(table.html) == [["left half", " right half".strip()]]


def test_lines_of_a_cell_become_one_text():
    (table,), _ = tables(grid_lines(2, 1), [piece("two", 0, -0.1), piece("lines", 0, 0.4), piece("b", 1, 0)])
    assert rows_of(table.html) == [["two lines", "b"]]


def test_bold_rows_at_the_top_are_its_header():
    pieces = [piece("Name", 0, 0, bold=True), piece("Size", 1, 0, bold=True), piece("a", 0, 1), piece("1", 1, 1)]
    (table,), _ = tables(grid_lines(2, 2), pieces)
    assert table.html == "<table><tr><th>Name</th><th>Size</th></tr><tr><td>a</td><td>1</td></tr></table>"


def test_crossing_lines_with_hardly_any_text_are_a_drawing():
    pieces = [piece("axis", 0, 0), piece("label", 1, 0)]
    assert tables(grid_lines(5, 5), pieces) == ([], pieces)
