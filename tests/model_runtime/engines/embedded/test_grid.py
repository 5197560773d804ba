"""Tables from ruling lines."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.embedded.grid import MAX_LINES, Cell, grids
from model_runtime.engines.embedded.rect import Rect


@st.composite
def tilings(draw: st.DrawFn) -> tuple[list[float], list[float], list[Cell]]:
    """The places of a table's lines and cells that cover it: (xs, ys, cells), spans included, every line in use."""
    xs = list(accumulate(draw(st.lists(st.floats(12, 80), min_size=1, max_size=6)), initial=50.0))
    ys = list(accumulate(draw(st.lists(st.floats(12, 60), min_size=1, max_size=7)), initial=80.0))
    num_rows, num_columns = len(ys) - 1, len(xs) - 1
    free = {(row, column) for row in range(num_rows) for column in range(num_columns)}
    cells: list[Cell] = []
    while free:
        row, column = min(free)
        cell = Cell(row, column, draw(st.integers(1, num_rows - row)), draw(st.integers(1, num_columns - column)))
        if not _places(cell) <= free:
            cell = Cell(row, column, 1, 1)
        free -= _places(cell)
        cells.append(cell)
    return _without_unused(xs, ys, sorted(cells, key=lambda each: (each.row, each.column)))


def _places(cell: Cell) -> set[tuple[int, int]]:
    return {
        (row, column)
        for row in range(cell.row, cell.row + cell.num_rows)
        for column in range(cell.column, cell.column + cell.num_columns)
    }


def _without_unused(xs: list[float], ys: list[float], cells: list[Cell]) -> tuple[list[float], list[float], list[Cell]]:
    """Without the places at which no cell begins or ends: no line would be drawn there."""
    columns = sorted({edge for cell in cells for edge in (cell.column, cell.column + cell.num_columns)})
    rows = sorted({edge for cell in cells for edge in (cell.row, cell.row + cell.num_rows)})
    column_of, row_of = {c: i for i, c in enumerate(columns)}, {r: i for i, r in enumerate(rows)}
    renumbered = [
        Cell(
            row_of[cell.row],
            column_of[cell.column],
            row_of[cell.row + cell.num_rows] - row_of[cell.row],
            column_of[cell.column + cell.num_columns] - column_of[cell.column],
        )
        for cell in cells
    ]
    return [xs[c] for c in columns], [ys[r] for r in rows], renumbered


def ruled(xs: list[float], ys: list[float], cells: list[Cell]) -> list[Rect]:
    """The four sides of every cell, drawn as thin boxes."""
    rulings = []
    for cell in cells:
        x0, x1 = xs[cell.column], xs[cell.column + cell.num_columns]
        y0, y1 = ys[cell.row], ys[cell.row + cell.num_rows]
        rulings += [Rect(x0, y, x1, y + 0.5) for y in (y0, y1)]
        rulings += [Rect(x, y0, x + 0.5, y1) for x in (x0, x1)]
    return rulings


@given(tilings(), st.randoms(use_true_random=False))
def test_cells_and_spans_are_found_from_the_lines_alone(table, shuffled):
    xs, ys, cells = table
    rulings = ruled(xs, ys, cells)
    shuffled.shuffle(rulings)
    found = grids(rulings)
    assert [list(grid.cells) for grid in found] == ([cells] if len(cells) > 1 else [])


@given(tilings())
def test_every_place_in_the_table_belongs_to_the_cell_around_it(table):
    xs, ys, cells = table
    for grid in grids(ruled(xs, ys, cells)):
        for row, (top, bottom) in enumerate(pairwise(ys)):
            for column, (left, right) in enumerate(pairwise(xs)):
                cell = grid.cell_at(((left + right) / 2, (top + bottom) / 2))
                assert cell is not None
                assert (row, column) in _places(grid.cells[cell])


def grid_lines(left: float, top: float, columns: int, rows: int, size: float = 40.0) -> list[Rect]:
    across = [Rect(left, top + size * i, left + size * columns, top + size * i + 0.4) for i in range(rows + 1)]
    down = [Rect(left + size * i, top, left + size * i + 0.4, top + size * rows) for i in range(columns + 1)]
    return [*across, *down]


def test_tables_that_do_not_touch_are_two_from_top_to_bottom():
    found = grids([*grid_lines(50, 300, 3, 2), *grid_lines(60, 50, 2, 4)])
    assert [(grid.owner.shape, round(grid.ys[0])) for grid in found] == [((4, 2), 50), ((2, 3), 300)]


def test_a_table_open_at_its_sides_has_its_outer_columns():
    lines = [Rect(50, y, 250, y + 0.4) for y in (100.0, 120.0, 140.0)] + [Rect(150, 100, 150.4, 140)]
    (grid,) = grids(lines)
    assert grid.owner.shape == (2, 2)
    assert (grid.rect.x0, grid.rect.x1) == (50, 250)


def test_a_line_broken_by_noise_still_divides():
    lines = [line for line in grid_lines(50, 50, 2, 2) if not (line.x0 == 90.0 and line.width < 1)]
    (grid,) = grids([*lines, Rect(90, 50, 90.4, 66), Rect(90, 68, 90.4, 95), Rect(90, 98, 90.4, 130)])
    assert len(grid.cells) == 4


def test_a_frame_and_lines_that_never_meet_are_no_tables():
    assert grids(grid_lines(50, 50, 1, 1)) == []
    assert grids([Rect(50, y, 500, y + 0.5) for y in (100.0, 200.0)]) == []
    assert grids([]) == []


def test_a_drawing_of_thousands_of_lines_is_left_alone():
    assert grids([Rect(0, y * 0.3, 500, y * 0.3 + 0.1) for y in range(MAX_LINES + 1)] + [Rect(5, 0, 5.1, 600)]) == []
