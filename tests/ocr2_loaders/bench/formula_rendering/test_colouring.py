"""A formula in which every token has a colour of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.bench.formula_rendering.colouring import MAX_TOKENS, colour, coloured
from ocr2_loaders.bench.formula_rendering.reader import UnreadableFormulaError


def tokens(latex):
    return list(coloured(latex).tokens)


@pytest.mark.parametrize(
    ("latex", "visible"),
    [
        ("x_i^2", ["x", "i", "2"]),
        (r"\frac{a}{b}", ["\\frac", "a", "b"]),
        (r"\sqrt[3]{x}", ["\\sqrt", "3", "x"]),
        (r"\hat{x}", ["\\hat", "x"]),
        (r"\hat\mathbf x", ["\\hat", "x"]),
        (r"\mathbf{ab}", ["a", "b"]),
        (r"\log x \dots y", [*"logx...y"]),
        (r"\left( x \right)", ["\\left(", "x", "\\right)"]),
        (r"\big( x \not= y", ["\\big(", "x", "\\not=", "y"]),
        (r"\phantom{x} y", ["y"]),
        (r"a \quad b ~ c \, d", ["a", "b", "c", "d"]),
        (r"\begin{array}{rl} a & b \\ c & d \end{array}", ["a", "b", "c", "d"]),
        (r"\overset{a}{b}", ["a", "b"]),
        (r"\hspace{1cm} x", ["\\hspace{1cm}", "x"]),
        (r"\textcolor{red}{x}", ["x"]),
        (r"50\%", ["5", "0", "\\%"]),
        (r"( x ] y", ["(", "x", "y"]),  # among the first three tokens it is taken for the end of an option
    ],
)
def test_what_can_be_seen_is_a_token(latex, visible):
    assert tokens(latex) == visible


def test_tokens_are_coloured_in_their_order():
    assert coloured("a+b").latex == (
        r"\mathcolor[RGB]{0,0,15}{a} \mathcolor[RGB]{0,0,30}{+} \mathcolor[RGB]{0,0,45}{b}"
    )


def test_an_accent_with_a_script_is_one_group():
    latex = coloured(r"\hat{x}_i").latex
    assert latex.startswith(r"{\mathcolor[RGB]{0,0,15}{\hat { ")
    assert "}} _" in latex


def test_of_a_formula_that_cannot_be_read_the_pieces_between_spaces_are_tokens():
    assert tokens(r"\color{red} a+b c") == [r"\color{red}", "a+b", "c"]


@pytest.mark.parametrize("latex", [r"\color \frac", r"\color \hat"])
def test_a_command_without_its_argument_cannot_be_coloured(latex):
    with pytest.raises(UnreadableFormulaError):
        coloured(latex)


def test_no_two_tokens_have_the_same_colour_and_none_is_black_or_white():
    colours = {colour(number) for number in range(MAX_TOKENS)}
    assert len(colours) == MAX_TOKENS
    assert (0, 0, 0) not in colours
    assert colour(0) == (0, 0, 15)


def test_more_tokens_than_colours_are_refused():
    with pytest.raises(UnreadableFormulaError, match="more than"):
        coloured("x" * (MAX_TOKENS + 1))


@given(st.text(alphabet="ab{}^_\\ $%&[]()'1"))
def test_any_text_is_coloured_or_refused(latex):
    try:
        formula = coloured(latex)
    except UnreadableFormulaError:
        return
    assert formula.latex.count(r"\mathcolor[RGB]") == len(formula.tokens)
