from __future__ import annotations

from xml.etree.ElementTree import tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ocr2_loaders.export.mathml import mathml_of

PIECES = ["{", "}", "\\frac", "x", "^", "_", "&", "\\\\", "\\begin{align}", "\\end{align}", "\\left(", "\\right.", "<"]
PIECES += [
    "\\text",
    "\\sqrt",
    "[",
    "]",
    "'",
    "$",
    "\\over",
    "\\",
    "\\hline",
    "\\color{red}",
    "\\unknown",
    "\x00",
    "\ud800",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_latex_is_a_formula_that_can_be_written_or_none(latex: str) -> None:
    math = mathml_of(latex, is_display=False)
    if math is not None:
        assert etree.fromstring(tostring(math)).get("alttext") is not None


@pytest.mark.parametrize("name", ["def", "newcommand", "renewcommand", "let"])
def test_macros_are_not_expanded(name: str) -> None:
    assert mathml_of(rf"\{name}\a{{xx}}\{name}\b{{\a\a}}\b", is_display=False) is None


@pytest.mark.parametrize("latex", ["x" * 20_000, "{" * 200 + "}" * 200, "\\sqrt{" * 200 + "}" * 200, "\\left(" * 200])
def test_formulas_that_no_page_has_are_refused(latex: str) -> None:
    assert mathml_of(latex, is_display=True) is None


@pytest.mark.parametrize("latex", [r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}", r"\class{a}{x}"])
def test_formulas_link_nowhere_and_borrow_no_style(latex: str) -> None:
    math = mathml_of(latex, is_display=False)
    assert math is not None
    assert not {"href", "style", "class"} & {name for element in math.iter() for name in element.attrib}
    assert [element.text for element in math.iter("mi")] == ["x"]
