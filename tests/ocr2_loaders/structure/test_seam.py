"""Words and rows are whole again where a page end is taken out."""

from __future__ import annotations

import pytest

from ocr2_loaders.blocks import Table
from ocr2_loaders.structure.seam import paragraphs_joined, rows_html, tables_joined


@pytest.mark.parametrize(
    ("upper", "lower", "whole"),
    [
        ("moss grows", "in the shade", "moss grows in the shade"),
        ("an in-", "finite wall", "an infinite wall"),
        ("an in\u00ad", "Finite wall", "an inFinite wall"),
        ("the north-", "South axis", "the north-South axis"),
        ("the years 2020-", "2021", "the years 2020-2021"),
        ("a moss-", "covered wall; any moss-covered wall", "a moss-covered wall; any moss-covered wall"),
        ("苔藓生长", "在阴凉处", "苔藓生长在阴凉处"),
        ("苔藓，", "在阴凉处", "苔藓，在阴凉处"),
        ("moss –", "and lichen", "moss – and lichen"),
        ("", "alone", "alone"),
        ("alone  ", "", "alone"),
        ("-", "a", "- a"),
    ],
)
def test_two_parts_of_a_paragraph_are_one(upper: str, lower: str, whole: str) -> None:
    assert paragraphs_joined(upper, lower) == whole


def test_rows_follow_on_rows_without_those_left_out() -> None:
    head = "<tr><td>Wall</td></tr>"
    upper = Table(f"<table>{head}<tr><td>a</td></tr></table>", (("Wall",), ("a",)), 1)
    lower = Table(f"<table>{head}<tr><td>b</td></tr></table>", (("Wall",), ("b",)), 1)
    whole = tables_joined([(upper, 0), (lower, 1)])
    assert whole.rows == (("Wall",), ("a",), ("b",))
    assert rows_html(whole) == [head, "<tr><td>a</td></tr>", "<tr><td>b</td></tr>"]
    assert whole.num_header_rows == 1
