from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.blocks.table import Table, table_from
from ocr2_loaders.blocks.table_markup import rows_in
from ocr2_loaders.export.table_cells import grid_in, placed_cells

span_sizes = st.tuples(st.integers(1, 4), st.integers(1, 4))


def table(html: str) -> Table:
    rows, _ = rows_in(html) or ([], "")
    return table_from(rows).table


def test_cells_stand_once_with_their_place_and_size() -> None:
    html = '<table><tr><td rowspan="2">a</td><td colspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></table>'
    cells = placed_cells(grid_in(table(html)))
    assert [(each.cell.text, each.row, each.column, each.num_rows, each.num_columns) for each in cells] == [
        ("a", 0, 0, 2, 1),
        ("b", 0, 1, 1, 2),
        ("c", 1, 1, 1, 1),
        ("d", 1, 2, 1, 1),
    ]


def test_equal_cells_beside_each_other_are_two() -> None:
    cells = list(placed_cells(grid_in(table("<table><tr><td>x</td><td>x</td></tr></table>"))))
    assert [each.num_columns for each in cells] == [1, 1]


def test_a_table_without_rows_has_no_cells() -> None:
    assert list(placed_cells(grid_in(Table("<table></table>", ())))) == []


@given(st.lists(st.lists(span_sizes, max_size=4), max_size=4))
def test_cells_stay_within_the_grid(rows: list[list[tuple[int, int]]]) -> None:
    cells = ["".join(f'<td rowspan="{high}" colspan="{wide}">x</td>' for high, wide in row) for row in rows]
    grid = grid_in(table("<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"))
    for each in placed_cells(grid):
        assert each.row + each.num_rows <= len(grid)
        assert each.column + each.num_columns <= len(grid[each.row])
