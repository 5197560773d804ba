"""A formula as the benchmark's reader writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.bench.formula_rendering.reader import UnreadableFormulaError, read_formula


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        ("x^2_i", "x _ { i } ^ { 2 }"),  # the lower script comes first
        ("x_{ij}", "x _ { i j }"),
        ("f'(x)=g''", r"f ^ { \prime } ( x ) = g ^ { \prime \prime }"),
        ("f'^2", "f ^ { 2 }"),  # of two scripts in one place the last counts
        ("x^", "x"),
        (r"\dfrac12", r"\frac 1 2"),
        (r"{a+b \over c}", r"{ \frac { a + b } { c } }"),
        (r"\sqrt[3]{x}+\sqrt y", r"\sqrt [ 3 ] { x } + \sqrt y"),
        (r"\left[ a \right.", r"\left[ a \right."),
        (r"\big( x \Big]", r"\big ( x \Big ]"),
        (r"\hat x \vec{v}", r"\hat { x } \vec { v }"),
        (r"\overline{AB}", r"\overline { { A B } }"),
        (r"\text{if  so}", r"\mathrm { i f ~ s o }"),
        (r"{\rm e}^x", r"\mathrm { e } ^ { x }"),
        (r"{\bf V}", r"{ \bf V }"),
        (r"\sin x + \operatorname{max} y", r"\sin x + \max y"),
        (r"\lim_{x} y", r"\operatorname* { l i m } _ { x } y"),
        (r"\max\limits_x f", r"\operatorname* { m a x } _ { x } f"),
        (r"a \\ b", r"a \, b"),  # a line break outside of every environment
        (r"x % a comment", "x"),
        (r"x \label{eq:1}", "x"),
        ("$x$", "x"),
        (r"\unknown{x}", r"\unknown { x }"),
        (r"\tag{3}", r"\tag { 3 }"),
        (r"a\ b", "a \\ b"),
        ("中，", "中 ，"),
    ],
)
def test_formulas_that_look_the_same_are_written_the_same(latex, written):
    assert " ".join(read_formula(latex)) == written


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        (
            r"\begin{array}{|l|c|} a & b \\ c & \end{array}",
            r"\begin{array} { l c } { a } & { b } \\ { c } & \end{array}",
        ),
        (r"\begin{matrix} a & b \end{matrix}", r"\begin{array} { l l } { a } & { b } \end{array}"),
        (r"\begin{pmatrix} a \end{pmatrix}", r"\left( \begin{array} { l } { a } \end{array} \right)"),
        (r"\begin{cases} a \\ b \end{cases}", r"\left\{ \begin{array} { l } { a } \\ { b } \end{array} \right."),
        (
            r"\begin{align*} a &= b \\[2pt] &= c \end{align*}",
            r"\begin{array} { r l } { a } & { { } = b } \\ & { { } = c } \end{array}",
        ),
        (r"\begin{array}{l} a \\ \end{array}", r"\begin{array} { l } { a } \end{array}"),
    ],
)
def test_every_environment_is_an_array(latex, written):
    assert " ".join(read_formula(latex)) == written


@pytest.mark.parametrize(
    "latex",
    [
        "a}",
        "{a",
        r"\frac{a}",
        r"x^\sqrt{2}",
        r"\left( x",
        r"\left x \right)",
        r"\begin{gather} a \end{gather}",
        r"\begin{array}{l} a \end{matrix}",
        r"\begin{array}{l} a",
        r"\text{never closed",
        r"{a \over b \over c}",
        r"x \limits_2",
        r"\color{red} x",
        r"a & b",
        "{" * 5000,
    ],
)
def test_what_the_benchmark_cannot_read_is_not_read(latex):
    with pytest.raises(UnreadableFormulaError):
        read_formula(latex)


_PARTS = [
    "{",
    "}",
    "^",
    "_",
    "'",
    "x",
    " ",
    "&",
    "\\\\",
    "$",
    "%",
    r"\frac",
    r"\left(",
    r"\right)",
    r"\begin{array}{l}",
    r"\end{array}",
    r"\hat",
    r"\text{",
    r"\over",
    r"\sqrt[",
    "]",
    r"\max",
    r"\bf",
]


@given(st.lists(st.sampled_from(_PARTS), max_size=25).map("".join))
def test_any_formula_is_read_or_refused(latex):
    try:
        tokens = read_formula(latex)
    except UnreadableFormulaError:
        return
    assert tokens.count("{") == tokens.count("}")
