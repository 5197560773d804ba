from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from model_runtime.box import GRID
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.transcription import PageStatus
from ocr2_loaders.view.banner import BANNER_COLOURS
from ocr2_loaders.view.overlay import overlay
from ocr2_loaders.view.palette import COLOURS, WHITE
from tests.support.results import block, page_result

GRID_BOXES = st.builds(
    lambda xs, ys: (min(xs), min(ys), max(xs), max(ys)),
    st.tuples(st.integers(0, GRID), st.integers(0, GRID)),
    st.tuples(st.integers(0, GRID), st.integers(0, GRID)),
)


def white_page(width: int = 999, height: int = 999) -> NDArray[np.uint8]:
    return np.full((height, width, 3), 255, np.uint8)


def page_part(picture: Image.Image, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The overlay without its legend."""
    return np.asarray(picture)[: pixels.shape[0]]


def test_a_box_is_outlined_in_its_labels_colour_and_filled_so_that_the_page_shines_through():
    picture = overlay(page_result(block((300, 200, 700, 400), label=BlockLabel.TABLE)), white_page())
    colour = COLOURS[BlockLabel.TABLE]
    assert picture.getpixel((500, 199)) == picture.getpixel((700, 300)) == picture.getpixel((500, 400)) == colour
    inside = np.array(picture.getpixel((500, 300)))
    assert np.all(inside > np.array(colour))
    assert np.any(inside < 255)
    assert picture.getpixel((702, 300)) == picture.getpixel((500, 402)) == WHITE


def test_ink_under_a_box_stays_dark():
    pixels = white_page()
    pixels[300, 400:600] = 0
    picture = overlay(page_result(block((300, 200, 700, 400))), pixels)
    assert max(picture.getpixel((500, 300))) < 60


def test_the_line_runs_around_the_box_and_hides_none_of_its_ink():
    pixels = white_page()
    pixels[200:400, 300:700] = 0
    picture = page_part(overlay(page_result(block((300, 200, 700, 400))), pixels), pixels)
    assert picture[200:400, 300:700].max() < 60


def test_the_tag_hangs_to_the_left_of_the_box():
    picture = overlay(page_result(block((300, 200, 700, 400), label=BlockLabel.HEADING)), white_page())
    assert picture.getpixel((296, 202)) == COLOURS[BlockLabel.HEADING]


def test_the_tag_of_a_box_at_the_pages_edge_is_inside_the_page():
    picture = overlay(page_result(block((0, 0, 700, 400), label=BlockLabel.HEADING)), white_page())
    assert picture.getpixel((4, 4)) == COLOURS[BlockLabel.HEADING]


def test_every_box_of_a_block_is_drawn_with_the_same_tag():
    picture = overlay(page_result(block((200, 200, 400, 400), (600, 200, 800, 400))), white_page())
    tags = [np.asarray(picture)[200:220, left - 20 : left] for left in (200, 600)]
    np.testing.assert_array_equal(*tags)
    assert np.any(tags[0] != 255)


def test_numbers_count_from_one_in_reading_order():
    boxes = [(300, 200, 700, 300), (300, 500, 700, 600)]
    swapped = overlay(page_result(*(block(box) for box in reversed(boxes))), white_page())
    in_order = overlay(page_result(*(block(box) for box in boxes)), white_page())
    first, second = (np.asarray(in_order)[top : top + 20, 275:300] for top in (200, 500))
    assert np.any(first != second)
    np.testing.assert_array_equal(np.asarray(swapped)[500:520, 275:300], first)


def test_a_block_without_boxes_is_no_error_and_leaves_the_page_as_it_is():
    pixels = white_page()
    picture = overlay(page_result(block()), pixels)
    np.testing.assert_array_equal(page_part(picture, pixels), pixels)


def test_the_legend_beneath_shows_each_label_once():
    pixels = white_page()
    picture = overlay(page_result(block(label=BlockLabel.TITLE), block(), block()), pixels)
    strip = np.asarray(picture)[pixels.shape[0] :].reshape(-1, 3)
    colours = set(map(tuple, strip))
    assert {COLOURS[BlockLabel.TITLE], COLOURS[BlockLabel.TEXT]} <= colours
    assert COLOURS[BlockLabel.TABLE] not in colours


def test_a_good_page_without_blocks_is_shown_as_it_is():
    pixels = white_page()
    np.testing.assert_array_equal(np.asarray(overlay(page_result(), pixels)), pixels)


@pytest.mark.parametrize("status", [status for status in PageStatus if status is not PageStatus.OK])
def test_any_other_status_is_shown_across_the_top(status: PageStatus):
    error = PageUnreadable("the content stream ends early") if status is PageStatus.FAILED else None
    picture = overlay(page_result(status=status, error=error, warnings=("odd\nfonts",)), white_page())
    top = np.asarray(picture)[:30].reshape(-1, 3)
    assert picture.getpixel((998, 2)) == BANNER_COLOURS[status]
    assert np.any(np.all(top == WHITE, axis=1)), "the words"


def test_a_reason_of_any_length_and_content_fits_a_banner():
    error = PageUnreadable("\x00\ud800 页 " * 1000)
    picture = overlay(page_result(status=PageStatus.FAILED, error=error), white_page())
    assert picture.getpixel((998, 500)) == WHITE


@given(st.lists(GRID_BOXES, max_size=4), st.integers(1, 120), st.integers(1, 120), st.sampled_from(PageStatus))
def test_pages_of_any_size_keep_it_and_get_their_boxes(boxes, width: int, height: int, status: PageStatus):
    error = PageUnreadable("x") if status is PageStatus.FAILED else None
    pixels = white_page(width, height)
    picture = overlay(page_result(*(block(box) for box in boxes), status=status, error=error), pixels)
    assert picture.mode == "RGB"
    assert picture.width == width
    assert picture.height >= height
    assert np.all(pixels == 255), "the caller's pixels are not drawn on"


@given(GRID_BOXES)
def test_nothing_is_drawn_far_from_the_box_and_its_tag(box):
    pixels = white_page(400, 400)
    picture = page_part(overlay(page_result(block(box)), pixels), pixels)
    rows, columns = np.nonzero(np.any(picture != 255, axis=2))
    left, top, right, bottom = (edge * 400 / GRID for edge in box)
    tag = 25
    assert left - tag <= columns.min()
    assert columns.max() <= max(right, left + tag) + 3
    assert top - tag <= rows.min()
    assert rows.max() <= max(bottom, top + tag) + 3
