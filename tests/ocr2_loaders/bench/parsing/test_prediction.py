"""A predicted page, cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.bench.parsing import CandidateKind, CandidateOrigin, parse_prediction


def contents(markdown):
    return [piece.content for piece in parse_prediction(markdown).candidates]


def kinds(markdown):
    return [piece.partner_kind for piece in parse_prediction(markdown).candidates]


def test_paragraphs_are_apart_by_blank_lines():
    assert contents("# Title\n\nfirst\nsecond\n\n\nthird") == ["# Title", "first\nsecond", "third"]


def test_without_a_blank_line_every_line_is_a_paragraph():
    assert contents("one\ntwo\n") == ["one", "two"]


def test_offsets_of_paragraphs_leave_the_separators_out():
    assert [piece.start for piece in parse_prediction("abc\n\nde\n\nf").candidates] == [0, 3, 5]


def test_display_formulas_leave_the_text():
    assert contents("text\n\n$$\na\nb\n$$\n\nmore") == ["text", "more", r"\[ a b \]"]


def test_a_bracketed_display_formula_is_kept_as_it_is():
    piece = parse_prediction("\\[\nx\n\\]").candidates[0]
    assert (piece.kind, piece.content, piece.start) == (CandidateKind.FORMULA, r"\[ x \]", 0)


def test_an_inline_formula_stays_in_the_text_and_is_a_piece_of_its_own():
    assert contents(r"mass $m$ and \(n\)") == [r"mass $m$ and \(n\)", r"\[m\]", r"\[n\]"]
    assert kinds("mass $m$") == ["text_block", "equation_inline"]


def test_a_display_formula_with_dollars_inside_counts_as_inline():
    pieces = parse_prediction(r"\[ a $b$ \]").candidates
    assert {piece.origin for piece in pieces} == {CandidateOrigin.INLINE_FORMULA, CandidateOrigin.PARAGRAPH}
    assert r"\[ a \[b\] \]" in [piece.content for piece in pieces]


def test_a_paragraph_between_dollars_is_a_formula_as_well_as_an_inline_one():
    assert sorted(kinds("$x$")) == ["equation_inline", "equation_isolated"]


def test_empty_dollars_leave_an_empty_inline_formula():
    assert contents("$$$$") == [r"\[\]"]


def test_kinds_that_come_first_on_the_page_stand_first():
    assert kinds("$$a$$\n\nb") == ["equation_isolated", "text_block"]
    assert kinds("b\n\n$$a$$") == ["text_block", "equation_isolated"]


@pytest.mark.parametrize(
    ("markdown", "content"),
    [
        ("![cut out](x.png)\n\ntext", "text"),
        ("```markdown\ntext\n```", "text"),
        ("```html\ntext\n```\n", "text"),
        ("<html><body>text</body></html>", "text"),
        ("text ______________", "text ____"),
        ("a          b", "a    b"),
        (r"\title{The \n Title}", r"The \n Title"),
        ("\\text { word\nword }\n\n", "word\nword"),
        (r"\section*{Name}", "Name"),
    ],
)
def test_what_models_put_around_a_page_goes(markdown, content):
    assert contents(markdown) == [content]


def test_code_survives_only_where_its_fence_does_not_end_a_line():
    assert kinds("```python\nprint(1)\n``` tail") == ["code", "text_block"]
    assert kinds("```python\nprint(1)\n```") == ["text_block"] * 2


def test_html_tables_stand_apart_and_leave_the_text():
    prediction = parse_prediction("before\n\n<table><tr><td>1</td></tr></table>\n\nafter")
    assert [piece.content for piece in prediction.html_tables] == ["<table><tr><td>1</td></tr></table>"]
    assert [piece.content for piece in prediction.candidates] == ["before", "after"]


def test_latex_tables_stand_apart():
    prediction = parse_prediction("x\n\n\\begin{tabular}{l} $a$ \\end{tabular}\n\ny")
    assert len(prediction.latex_tables) == 1
    assert [piece.content for piece in prediction.candidates] == ["x", "y"]


def test_formulas_inside_an_html_table_are_no_pieces():
    assert parse_prediction("<table><tr><td>$x$</td></tr></table>").candidates == ()


def test_pipe_tables_become_html_tables():
    prediction = parse_prediction("text\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nbehind")
    (table,) = prediction.html_tables
    assert table.origin is CandidateOrigin.PIPE_TABLE
    assert table.content.count("<td") == 4
    assert [piece.content for piece in prediction.candidates] == ["text", "behind"]


def test_a_single_row_of_pipes_is_text():
    assert contents("| a | b |") == ["| a | b |"]


@pytest.mark.parametrize("markdown", ["", " \n\n ", "\t"])
def test_an_empty_page_has_no_pieces(markdown):
    prediction = parse_prediction(markdown)
    assert not prediction.candidates + prediction.html_tables + prediction.latex_tables


_TOKENS = [
    "$",
    "$$",
    r"\[",
    r"\]",
    r"\(",
    "<table>",
    "</table>",
    "|",
    "\n",
    "\n\n",
    "a b",
    "```",
    r"\begin{tabular}",
    "{",
    "}",
]


@given(st.lists(st.sampled_from(_TOKENS), max_size=30).map("".join))
def test_any_page_is_cut_without_an_error(markdown):
    prediction = parse_prediction(markdown)
    assert all(piece.content for piece in prediction.candidates if piece.origin is CandidateOrigin.PARAGRAPH)


def test_an_unclosed_command_before_a_long_gap_costs_no_time():
    assert len(parse_prediction(r"\text{ " + "<table>" + "x" * 50_000 + "</table>").html_tables) == 1
