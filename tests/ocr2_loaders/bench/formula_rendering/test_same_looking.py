"""Tokens that look the same on the page."""

import pytest

from ocr2_loaders.bench.formula_rendering.same_looking import same_looking


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("\\leq", "\\le"),
        ("\\to", "\\rightarrow"),
        ("\\longrightarrow", "\\xrightarrow"),
        ("\\left(", "("),
        ("\\big(", "("),
        ("\\Bigl\\{", "\\{"),
        ("\\lVert", "\\|"),
        ("\\lvert", "|"),
        ("\\widehat", "\\hat"),
        ("\\varphi", "phi"),
        ("\\prime", "'"),
    ],
)
def test_size_side_and_name_make_no_difference(first, second):
    assert same_looking(first) == same_looking(second)


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("\\leq", "\\geq"), ("\\left(", "\\left[")])
def test_what_looks_different_stays_different(first, second):
    assert same_looking(first) != same_looking(second)
