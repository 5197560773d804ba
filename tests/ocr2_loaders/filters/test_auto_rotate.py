from __future__ import annotations

import numpy as np
import pytest

from model_runtime.box import BoundingBox
from model_runtime.text_layer import TextLayer, TextRun
from tests.support.scans import TYPESET, page_of, scan

pytest.importorskip("rapidocr")

from ocr2_loaders.filters.auto_rotate import AutoRotate


@pytest.fixture(scope="module")
def auto_rotate() -> AutoRotate:
    return AutoRotate()


@pytest.mark.parametrize("quarters", range(4))
def test_a_page_is_turned_upright_whichever_way_it_lies(auto_rotate: AutoRotate, quarters: int) -> None:
    lying = np.ascontiguousarray(np.rot90(scan(1.0), quarters))
    result = auto_rotate(page_of(lying))
    np.testing.assert_array_equal(result.pixels, scan(1.0))
    assert result.turned_deg % 360 == 90 * quarters


def test_a_page_whose_own_text_runs_level_is_not_looked_at() -> None:
    page = page_of(np.ascontiguousarray(np.rot90(scan(), 2)), layer=TYPESET)
    assert AutoRotate()(page) is page


def test_own_text_that_does_not_run_level_is_no_proof(auto_rotate: AutoRotate) -> None:
    run = TextRun("words of its own", BoundingBox(0.1, 0.1, 0.12, 0.9), 11.0, rotated=True)
    page = page_of(np.ascontiguousarray(np.rot90(scan())), layer=TextLayer(runs=(run,)))
    assert auto_rotate(page).turned_deg == 90


@pytest.mark.parametrize("shade", [0, 255])
def test_a_page_without_lines_stays_as_it_is(auto_rotate: AutoRotate, shade: int) -> None:
    page = page_of(np.full((400, 300, 3), shade, np.uint8))
    assert auto_rotate(page) is page


def test_it_says_what_decides_the_turn(auto_rotate: AutoRotate) -> None:
    assert "rapidocr" in auto_rotate.version
    assert "cls" in auto_rotate.version
