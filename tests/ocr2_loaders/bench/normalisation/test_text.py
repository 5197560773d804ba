"""Plain text as it is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.bench.normalisation import latex_as_text, letters_of, normal_text


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Cat, sat.", "TheCatsat"),  # case is kept
        ("# Heading **bold** - item", "Headingbolditem"),
        ("snake_case", "snake_case"),
        ("ＡＢＣ　ｆｕｌｌ", "ＡＢＣｆｕｌｌ"),  # no NFKC
        ("naïve café", "naïvecafé"),
        ("中文，段落。", "中文段落"),
        ("a\tb\nc", "abc"),
        (r"a\tb\nc", "abc"),
        ("and/nor on/to", "andor" + "ono"),
        (r"\nu", "u"),
        ("🙂!", ""),
    ],
)
def test_only_letters_digits_and_underscores_are_left(text, normal):
    assert letters_of(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (r"mass $m_1$ here", "massm_1here"),
        (r"angle \(\alpha^2\) is", "angleα2is"),
        (r"$5\%$ off", "5off"),  # the escape goes first, and with it the only backslash
        (r"costs $5 and $6", "costs5and6"),
        (r"$\frac{1}{2}$", "12"),
        ("$\\alpha\n\\beta$", "alphabeta"),  # over two lines it is no inline formula
    ],
)
def test_inline_formulas_are_written_in_unicode(text, normal):
    assert normal_text(text) == normal


def test_a_formula_that_ends_in_a_backslash_is_converted():
    assert normal_text(r"x $a_1\$ y") == "xa_1y"


def test_latex_of_a_whole_formula_becomes_text():
    assert latex_as_text(r"\[ x \leq \beta \]").strip() == "x ≤β"


def test_a_macro_that_lacks_its_arguments_is_no_error():
    assert normal_text(r"$\frac^$ word").endswith("word")


def test_deeply_nested_latex_is_left_as_it_is():
    nested = "{" * 5000 + "x^2"
    assert latex_as_text(nested) == nested


@given(st.text())
def test_any_text_has_a_normal_form_without_spaces(text):
    assert not any(character.isspace() for character in normal_text(text))
