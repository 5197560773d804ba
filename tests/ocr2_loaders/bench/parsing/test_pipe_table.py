"""Pipe tables as HTML, with what the benchmark loses on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.bench.parsing.pipe_table import pipe_rows, with_html_tables


def cells(text):
    """The cell texts of each row of the tables in the converted text."""
    rows = with_html_tables(text).split("<tr>")[1:]
    return [[cell.split("</td>")[0] for cell in row.split('<td colspan="1" rowspan="1">')[1:]] for row in rows]


def test_rows_become_one_table():
    text = "\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    assert cells(text) == [["a", "b"], ["1", "2"]]
    assert with_html_tables(text).count("<table") == 1


@pytest.mark.parametrize("cell", ["10:30", "a---b", ":"])
def test_a_cell_that_looks_like_a_separator_is_dropped(cell):
    assert cells(f"\n| a | b |\n| {cell} | 2 |\n")[1] == ["2"]


def test_the_line_before_the_first_row_is_lost():
    assert "kept" in with_html_tables("kept\n\n| a |\n| b |\n")
    assert "lost" not in with_html_tables("lost\n| a |\n| b |\n")


def test_spaces_behind_the_last_pipe_break_the_row():
    assert pipe_rows("| a | \n| b |\n") == [(0, 13)]


def test_a_row_over_several_lines_loses_its_second_line():
    assert cells("\n| a |b\n| lost |x\n| c |\n") == [["a"], ["c"]]


def test_what_stands_behind_the_table_stays():
    assert with_html_tables("\n| a |\n| b |\nbehind").rstrip().endswith("behind")


def test_two_tables_with_text_between_them_stay_two():
    converted = with_html_tables("\n| a |\n| b |\n\nbetween\n\n| c |\n| d |\n")
    assert converted.count("<table") == 2
    assert "between" in converted


def test_a_text_without_pipes_has_no_rows():
    assert pipe_rows("no pipes\n") == []
    assert pipe_rows("one | pipe\n") == []


@given(st.text(alphabet="|\n a-:"))
def test_rows_begin_and_end_with_a_pipe(text):
    for start, end in pipe_rows(text):
        assert text[start] == "|"
        assert text[:end].endswith("|\n")
        assert end - start >= 3


def test_long_gaps_cost_no_time():
    assert pipe_rows("| " + " " * 200_000 + "x") == []
