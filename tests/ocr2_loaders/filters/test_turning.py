from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ocr2_loaders.filters import turned, turned_pixels
from tests.support.scans import TYPESET, page_of


def page_with_dot(row: int, column: int) -> NDArray[np.uint8]:
    """Yellowish paper of 100 by 200 pixels, with one dark spot."""
    pixels = np.full((100, 200, 3), (240, 230, 200), np.uint8)
    pixels[row - 2 : row + 3, column - 2 : column + 3] = 0
    return pixels


def darkest(pixels: NDArray[np.uint8]) -> tuple[float, float]:
    """The middle, row and column, of all that is dark."""
    rows, columns = np.nonzero(pixels.max(axis=2) < 120)
    return float(rows.mean()), float(columns.mean())


@pytest.mark.parametrize("quarters", range(-3, 4))
def test_quarter_turns_are_exact_and_swap_the_sides(quarters: int) -> None:
    page = page_of(page_with_dot(20, 150))
    result = turned(page, 90 * quarters)
    np.testing.assert_array_equal(result.pixels, np.rot90(page.pixels, -quarters))
    sides = (page.width_pt, page.height_pt)
    assert (result.width_pt, result.height_pt) == (sides[::-1] if quarters % 2 else sides)


def test_a_clockwise_turn_takes_the_right_end_down() -> None:
    row, column = darkest(turned_pixels(page_with_dot(50, 180), 10))
    assert row == pytest.approx(50 + 80 * np.sin(np.radians(10)), abs=1)
    assert column == pytest.approx(100 + 80 * np.cos(np.radians(10)), abs=1)


def test_corners_that_come_in_have_the_colour_of_the_paper() -> None:
    result = turned_pixels(page_with_dot(50, 100), 8)
    assert result.shape == (100, 200, 3)
    assert [tuple(result[row, column]) for row in (0, -1) for column in (0, -1)] == [(240, 230, 200)] * 4


@given(st.lists(st.floats(-400, 400), max_size=4))
def test_the_record_is_the_sum_of_all_turns(degrees: list[float]) -> None:
    page = page_of(np.zeros((4, 6, 3), np.uint8))
    for each in degrees:
        page = turned(page, each)
    assert -180 < page.turned_deg <= 180
    difference = (page.turned_deg - sum(degrees)) % 360
    assert min(difference, 360 - difference) < 1e-6


@pytest.mark.parametrize("first", [90, 180, 270])
def test_turning_once_by_the_record_shows_what_several_turns_showed(first: int) -> None:
    page = page_of(page_with_dot(20, 150))
    result = turned(turned(page, first), 2.5)
    again = turned_pixels(page.pixels, result.turned_deg)
    assert again.shape == result.pixels.shape
    np.testing.assert_allclose(darkest(again), darkest(result.pixels), atol=0.5)


def test_no_turn_changes_nothing() -> None:
    page = page_of(page_with_dot(20, 150), layer=TYPESET)
    assert turned(page, 0) is page
    assert turned(page, 360) is page


def test_a_turned_page_has_no_text_layer() -> None:
    assert turned(page_of(page_with_dot(20, 150), layer=TYPESET), 1).text_layer is None
