"""The head of a table is found where nothing marks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.blocks.table import table_from
from ocr2_loaders.blocks.table_grid import Cell, Row
from ocr2_loaders.blocks.table_markup import rows_in


def num_header_rows(*lines: str) -> int:
    """Of a table whose rows are written with `|` between cells."""
    rows = "".join("<tr>" + "".join(f"<td>{cell.strip()}</td>" for cell in line.split("|")) + "</tr>" for line in lines)
    return of_html(f"<table>{rows}</table>")


def of_html(html: str) -> int:
    read = rows_in(html)
    assert read
    return table_from(read[0]).table.num_header_rows


@pytest.mark.parametrize(
    "lines",
    [
        ("Wall | Cover", "north | 0.81", "south | 0.12"),
        (" | 2021 | 2022E", "Revenue | 7,655 | 8,809", "Growth (%) | 16.3 | -15.1"),
        ("Item | Price", "Nails | $ 5.00", "Screws | n/a", "Hammer | € 12,50"),
        ("Method | Error", "ours | 0.3 ± 0.1", "theirs | 0.9 (0.2)"),
        (
            "Model | Drive | Remarks",
            "G6 | rear | " + "takes eighty percent in twenty minutes " * 3,
            "S7 | all | " + "long " * 20,
        ),
        ("<b>Name</b> | <b>Town</b>", "Ada | London", "Emmy | Erlangen"),
    ],
)
def test_a_row_that_reads_like_a_head_is_one(lines: tuple[str, ...]) -> None:
    assert num_header_rows(*lines) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ("1 | 2", "3 | 4"),
        ("May | 41 mm", "June | 12 mm"),
        ("Ada | London", "Emmy | Erlangen"),
        ("a | b",),
        (" | ", "1 | 2"),
        ("<b>Ada</b> | <b>London</b>", "<b>Emmy</b> | <b>Erlangen</b>"),
        ("same | same | same", "long long long | long long long | long long long"),
        ("only one column", "1", "2"),
    ],
)
def test_rows_of_values_are_no_head(lines: tuple[str, ...]) -> None:
    assert num_header_rows(*lines) == 0


def test_cells_that_span_the_columns_named_below_make_a_head_of_two_rows() -> None:
    html = (
        "<table><tr><td rowspan=2>Wall</td><td colspan=2>Cover</td></tr><tr><td>north</td><td>south</td></tr>"
        "<tr><td>Stone</td><td>0.81</td><td>0.12</td></tr></table>"
    )
    assert of_html(html) == 2


def test_a_title_across_the_table_belongs_to_its_head() -> None:
    html = (
        "<table><tr><td colspan=2>Cover</td></tr><tr><td>Wall</td><td>Share</td></tr>"
        "<tr><td>north</td><td>0.81</td></tr><tr><td>south</td><td>0.12</td></tr></table>"
    )
    assert of_html(html) == 2


def test_a_first_cell_that_spans_all_rows_is_no_head() -> None:
    html = "<table><tr><td rowspan=2>Wall</td><td>north</td></tr><tr><td>7</td></tr></table>"
    assert of_html(html) == 0


def test_marks_count_for_more_than_how_rows_read() -> None:
    assert of_html("<table><tr><th>Wall</th><td>Cover</td></tr><tr><td>a</td><td>0.4</td></tr></table>") == 0


CELLS = st.builds(Cell, st.text(), st.text(), st.integers(1, 3), st.integers(1, 3), st.just(False))


@given(st.lists(st.lists(CELLS, max_size=4), max_size=6))
def test_a_table_without_marks_keeps_a_body(cells: list[list[Cell]]) -> None:
    table = table_from([Row(tuple(line)) for line in cells]).table
    assert 0 <= table.num_header_rows <= max(0, len(table.rows) - 1)
