"""Tables of one page, matched with predicted tables."""

from ocr2_loaders.bench.ground_truth import Element
from ocr2_loaders.bench.matching import TablePair, matched_tables
from ocr2_loaders.bench.parsing import CandidateKind, parse_prediction


def html(*cells):
    return "<table><tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr></table>"


def table(*cells):
    return Element("table", 1, html=html(*cells), latex=r"\begin{tabular}{l}" + " & ".join(cells) + r"\end{tabular}")


def matched(tables, markdown):
    return matched_tables(tables, parse_prediction(markdown))


def test_tables_are_paired_by_their_markup_in_any_order():
    match = matched([table("a", "b"), table("1", "2")], f"{html(1, 2)}\n\n{html('a', 'b')}")
    assert match.pairs == (TablePair(0, html("a", "b"), html("a", "b")), TablePair(1, html(1, 2), html(1, 2)))


def test_a_missed_table_is_paired_with_nothing():
    match = matched([table("a"), table("b")], html("b"))
    assert [pair.prediction for pair in match.pairs] == ["", html("b")]
    assert [pair.prediction for pair in matched([table("a")], "text").pairs] == [""]


def test_cells_of_surplus_tables_become_texts_at_the_place_of_the_table():
    match = matched([table("a")], html("a") + "\n\n" + html("x", "<b>y</b>", "p<br>q", "", r"$\cdot$ z"))
    assert [cell.content for cell in match.surplus] == ["x", "y", "z"]
    assert {cell.kind for cell in match.surplus} == {CandidateKind.TEXT}
    assert len({cell.start for cell in match.surplus}) == 1


def test_on_a_page_without_tables_predicted_tables_vanish():
    match = matched([], html("x"))
    assert match.pairs == match.surplus == ()


def test_tables_in_latex_count_as_empty():
    match = matched([table("a", "b")], r"\begin{tabular}{ll} a & b \end{tabular}")
    assert match.is_latex
    assert match.pairs == (TablePair(0, html("a", "b"), ""),)


def test_as_many_latex_tables_as_html_tables_are_left_alone():
    match = matched([table("a")], "\\begin{tabular}{l} a \\end{tabular}\n\n" + html("a"))
    assert not match.is_latex
    assert match.pairs[0].prediction == html("a")


def test_a_table_without_markup_is_not_compared():
    assert matched([Element("table", 1)], html("a")).pairs == ()


def test_cells_of_markup_that_cannot_be_read_are_left_out():
    match = matched([table("a")], f"{html('a')}\n\n<table><tr><td>b</td><![broken[ </tr></table>")
    assert match.surplus == ()
