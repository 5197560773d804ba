"""Formulas of several lines as one formula a line."""

import pytest

from ocr2_loaders.bench.ground_truth import Element
from ocr2_loaders.bench.matching.array_rows import candidate_rows, element_rows
from ocr2_loaders.bench.parsing import Candidate, CandidateKind, CandidateOrigin

ARRAY = r"\begin{array}{l} a=b \\ c=d \\ \end{array}"


def formula(latex, order=7):
    return Element("equation_isolated", order, latex=latex)


def test_each_row_of_the_ground_truth_gets_an_order_of_its_own():
    rows = list(element_rows([formula(ARRAY)]))
    assert [(row.latex, row.order) for row in rows] == [(r"\[a=b\]", 7.1), (r"\[c=d\]", 7.2)]


@pytest.mark.parametrize("columns", ["l", " c ", "|r|"])
def test_one_column_is_split(columns):
    latex = rf"\begin{{array}}{{{columns}}} a \\ b \end{{array}}"
    assert len(list(element_rows([formula(latex)]))) == 2


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{array}{lc} a & b \\ c & d \end{array}",
        r"\begin{array}{p{3cm}} a \\ b \end{array}",
        r"\begin{array}{@{}l@{}} a \\ b \end{array}",  # the columns end at the first brace
        "x",
    ],
)
def test_everything_else_stays_whole(latex):
    assert list(element_rows([formula(latex)])) == [formula(latex)]


def test_texts_are_never_split():
    text = Element("text_block", 1, text=ARRAY)
    assert list(element_rows([text])) == [text]


def test_a_formula_without_rows_vanishes():
    assert list(element_rows([formula(r"\begin{array}{l} \\ \end{array}")])) == []


def test_rows_of_a_prediction_stand_where_they_begin():
    content = rf"\[ {ARRAY} \]"
    candidate = Candidate(CandidateKind.FORMULA, 100, content, CandidateOrigin.INLINE_FORMULA)
    rows = list(candidate_rows([candidate]))
    assert [row.content for row in rows] == [r"\[a=b\]", r"\[c=d\]"]
    assert [row.start for row in rows] == [100 + content.index("a=b"), 100 + content.index("c=d")]
    assert {row.origin for row in rows} == {CandidateOrigin.INLINE_FORMULA}


def test_equal_rows_stand_one_behind_the_other():
    content = r"\[\begin{array}{l} a \\ a \end{array}\]"
    starts = [row.start for row in candidate_rows([Candidate(CandidateKind.FORMULA, 0, content)])]
    assert starts == [content.index(" a") + 1, content.rindex(r" a ") + 1]
