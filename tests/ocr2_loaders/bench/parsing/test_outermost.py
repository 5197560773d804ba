"""Outermost tables in a text."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.bench.parsing.outermost import Span, blanked, html_tables, latex_tables


def texts(markup, spans):
    return [markup[span.start : span.end] for span in spans]


def test_tables_side_by_side_are_found_one_by_one():
    markup = "a <table><tr></tr></table> b <table border=1>x</table>"
    assert texts(markup, html_tables(markup)) == ["<table><tr></tr></table>", "<table border=1>x</table>"]


def test_a_nested_table_belongs_to_the_outer_one():
    markup = "<table><tr><td><table><td></table></td></tr></table>"
    assert texts(markup, html_tables(markup)) == [markup]


def test_of_two_opening_tags_in_a_row_the_second_is_not_seen():
    markup = "<table><table><tr></table></table>"
    assert texts(markup, html_tables(markup)) == ["<table><table><tr></table>"]


def test_an_empty_table_is_not_seen():
    assert html_tables("<table></table>") == []


def test_an_unclosed_table_hides_none_behind_it():
    markup = "<table> never closed, then <table><tr></tr></table>"
    assert texts(markup, html_tables(markup)) == ["<table><tr></tr></table>"]


def test_upper_case_is_no_table():
    assert html_tables("<TABLE><tr></tr></TABLE>") == []


def test_a_tabular_takes_one_character_more_than_it_has():
    latex = r"x \begin{tabular}{l} a \end{tabular} y"
    assert texts(latex, latex_tables(latex)) == [r"\begin{tabular}{l} a \end{tabular} "]


def test_a_tabular_inside_a_table_environment_is_not_counted_again():
    latex = r"\begin{table}\begin{tabular}{l}a\end{tabular}\end{table} \begin{tabular}{l}b\end{tabular}"
    spans = latex_tables(latex)
    assert texts(latex, spans) == [
        r"\begin{table}\begin{tabular}{l}a\end{tabular}\end{table}",
        r"\begin{tabular}{l}b\end{tabular}",
    ]
    assert spans[1].end == len(latex) + 1


def test_blanking_keeps_every_other_offset():
    assert blanked("ab<x>cd", Span(2, 5)) == "ab   cd"


@given(st.lists(st.sampled_from(["<table>", "</table>", "<table a>", "x", " "])).map("".join))
def test_spans_are_in_order_and_apart_whatever_the_tags(markup):
    spans = html_tables(markup)
    assert all(first.end <= second.start for first, second in pairwise(spans))


def test_many_opening_tags_without_an_end_are_given_up_at_once():
    assert html_tables("<table> " * 20_000) == []
