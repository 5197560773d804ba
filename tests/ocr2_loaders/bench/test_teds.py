"""TEDS: tables as trees."""

import pytest

from ocr2_loaders.bench.deadline import Deadline, DeadlinePassedError
from ocr2_loaders.bench.normalisation import normal_table
from ocr2_loaders.bench.teds import BrokenTableError, Teds, teds

NEVER = Deadline.after(3600)


def table(*rows):
    return "<table>" + "".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "</table>"


def cell(content, attributes=""):
    return f"<td{attributes}>{content}</td>"


def compared(ground_truth, prediction, deadline=NEVER):
    return teds(normal_table(ground_truth), normal_table(prediction), deadline)


FOUR = table([cell("a"), cell("b")], [cell("c"), cell("d")])  # 2 rows and 4 cells


def test_equal_tables_are_alike():
    assert compared(FOUR, FOUR) == Teds(1.0, 1.0)


def test_a_changed_cell_costs_its_content_and_no_structure():
    changed = table([cell("a"), cell("b")], [cell("c"), cell("xy")])
    assert compared(FOUR, changed) == Teds(pytest.approx(1 - 1 / 6), 1.0)


def test_half_of_a_cell_costs_half():
    ground_truth, prediction = table([cell("abcd")]), table([cell("abxy")])
    assert compared(ground_truth, prediction) == Teds(pytest.approx(1 - 0.5 / 2), 1.0)


def test_a_missing_row_costs_its_nodes():
    assert compared(FOUR, table([cell("a"), cell("b")])) == Teds(0.5, 0.5)


def test_a_cell_with_another_span_is_another_cell():
    spanning = table([cell("a"), cell("b", ' colspan="2"')], [cell("c"), cell("d")])
    assert compared(FOUR, spanning) == Teds(pytest.approx(5 / 6), pytest.approx(5 / 6))


def test_a_tag_inside_a_cell_counts_as_one_character():
    ground_truth, prediction = table([cell("abc")]), table([cell("<b>abc</b>")])
    similar = compared(ground_truth, prediction)
    assert similar.similarity == pytest.approx(1 - (2 / 5) / 3)  # the tag is a node of the larger tree as well
    assert similar.structure == 1.0


def test_different_tags_inside_a_cell_differ():
    assert compared(table([cell("<b>a</b>")]), table([cell("<i>a</i>")])).similarity < 1.0


def test_a_header_cell_is_a_cell():
    assert compared(FOUR, FOUR.replace("td>", "th>", 4)) == Teds(1.0, 1.0)


def test_nothing_is_like_nothing():
    assert teds("", "", NEVER) == teds(normal_table(FOUR), "", NEVER) == Teds(0.0, 0.0)


@pytest.mark.parametrize(
    ("prediction", "reason"),
    [
        ("<table><tr><td colspan='two'>a</td></tr></table>", "span"),
        ("<tr><td>a</td></tr>", "no table"),
    ],
)
def test_a_broken_table_is_named(prediction, reason):
    with pytest.raises(BrokenTableError, match=reason):
        teds(normal_table(FOUR), normal_table(prediction) or prediction, NEVER)


def test_two_tables_without_rows_cannot_be_compared():
    with pytest.raises(BrokenTableError, match="no row"):
        compared("<table> </table>", "<table></table>")


def test_a_deadline_that_has_passed_ends_the_comparison():
    with pytest.raises(DeadlinePassedError):
        compared(FOUR, table([cell("x")]), Deadline.after(-1))


def test_equal_tables_need_no_time():
    assert compared(FOUR, FOUR, Deadline.after(-1)) == Teds(1.0, 1.0)
