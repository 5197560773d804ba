"""A formula as it is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.bench.normalisation import normal_formula


@pytest.mark.parametrize(
    ("latex", "normal"),
    [
        ("$$\nx + y\n$$", "x+y"),
        (r"\[ X + Y. \]", "x+y"),
        ("\\[ a\nb \\]", "\\[a\nb\\]"),  # over two lines the delimiters stay
        ("$$ a\nb $$", "a\nb"),
        (r"x = 1 \tag{3.1}", "x=1"),
        (r"\begin{array}{l} a \hspace{1cm} b \end{array}", "{l}ab"),
        (r"\mathbf{v} \cdot \mathrm{d}\textbf{s}", r"{v}\cdot{d}{s}"),
        (r"a \rightarrow b", "aarrowb"),  # "\right" goes as a plain substring
        (r"\left( \frac{a}{b} \right)", r"(\frac{a}{b})"),
        (r"\text{if } x \quad y", "{if}xy"),
        (r"\textstyle x", "stylex"),
        (r"\boldsymbol\alpha", r"\alpha"),
        (r"\setlength\arraycolsep{2pt} x", "x"),
        (r"\Gamma", r"\gamma"),  # lower case, commands included
        ("...x...", "x"),
        ("", ""),
    ],
)
def test_what_does_not_decide_how_a_formula_looks_is_gone(latex, normal):
    assert normal_formula(latex) == normal


def test_an_escaped_closing_bracket_does_not_end_a_display_formula():
    assert normal_formula(r"\[ a \\\] b \]") == r"a\\\]b"


def test_the_line_breaks_inside_a_formula_of_the_ground_truth_stay():
    ground_truth, perfect = "$$\na \\\\\nb\n$$", "\\[ a \\\\ b \\]"
    assert normal_formula(ground_truth) == "a\\\\\nb"
    assert normal_formula(perfect) == "a\\\\b"


@given(st.text(alphabet="$\\[]{}abcQ .\n"))
def test_no_text_is_refused_and_no_space_is_left(latex):
    assert " " not in normal_formula(latex)
