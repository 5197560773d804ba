import pytest
from hypothesis import given

from ocr2_loaders.blocks.formula import formula_of, is_display_formula
from tests.support.odd_markup import odd_markup


@pytest.mark.parametrize(
    ("body", "latex"),
    [
        (r"\[ a + b \]", "a + b"),
        ("\\[\na\n\\]", "a"),
        (r"$$a + b$$", "a + b"),
        (r"\(a\)", "a"),
        (r"$a$", "a"),
        (r" \[ a \quad (3) \] ", r"a \quad (3)"),
        (r"\[ a \tag{4} \]", r"a \tag{4}"),
        (r"\[ \text{if $x$} \]", r"\text{if $x$}"),
        (r"\[ a \\[1ex] b \]", r"a \\[1ex] b"),
        (r"\[ 5 \$ \]", r"5 \$"),
        (r"\[ a", "a"),
        (r"a \]", "a"),
        (r"a + b", "a + b"),
        (r"\[ a \] \[ b \]", "a\nb"),
        ("\\[ a \\[ b \\]", "a\nb"),
        (r"c) \(a\), \(b\)", "a\nb"),
    ],
)
def test_latex_comes_without_its_delimiters(body: str, latex: str) -> None:
    assert formula_of(body).latex == latex


def test_words_around_a_formula_stay_in_text_and_markdown() -> None:
    formula = formula_of(r"c) \(a\) for all b")
    assert formula.text == "c) a for all b"
    assert formula.markdown == r"c) \(a\) for all b"


def test_markdown_is_a_display_formula_where_nothing_else_is_there() -> None:
    assert formula_of("$$ a $$").markdown == r"\[ a \]"
    assert formula_of("a\nb").markdown == "\\[\na\nb\n\\]"


@pytest.mark.parametrize("body", [r"\[ a \]", "$$\na\n$$"])
def test_a_display_formula_is_recognised(body: str) -> None:
    assert is_display_formula(body)


@pytest.mark.parametrize("body", [r"\[ a \] and", r"\( a \)", "$$", r"\[ a", r"\[ a \] b \[ c \]", "$5 and $6", "a"])
def test_text_with_formulas_in_it_is_no_display_formula(body: str) -> None:
    assert not is_display_formula(body)


@given(odd_markup())
def test_no_letter_of_a_formula_is_lost(body: str) -> None:
    kept = [letter for letter in formula_of(body).text if letter.isalnum()]
    assert kept == [letter for letter in body if letter.isalnum()]
