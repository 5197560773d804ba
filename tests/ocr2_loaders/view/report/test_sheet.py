from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.view.report.sheet import Sheet, sheet_of, window_on
from tests.support.results import block, page_result

_CORNER = st.integers(0, 999)
_BOXES = st.lists(
    st.tuples(_CORNER, _CORNER, _CORNER, _CORNER).map(
        lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
    ),
    max_size=12,
)


def _sheet(*boxes: tuple[int, int, int, int], aspect: float = 1.5) -> Sheet:
    return sheet_of(page_result(*(block(box) for box in boxes)).blocks, aspect)


@given(boxes=_BOXES, aspect=st.floats(0.001, 1000))
def test_everything_stays_on_the_sheet(boxes: list[tuple[int, int, int, int]], aspect: float) -> None:
    sheet = _sheet(*boxes, aspect=aspect)
    for frame in sheet.frames:
        window = frame.window
        assert 0 <= window.left <= window.left + window.width <= sheet.width + 0.2
        assert 0 <= window.top <= window.top + window.height <= sheet.height + 0.2
    for tag in sheet.tags:
        assert sheet.radius <= tag.x <= sheet.width - sheet.radius
        assert sheet.radius <= tag.y <= sheet.height - sheet.radius


@given(boxes=_BOXES)
def test_arrows_lead_from_rim_to_rim_in_reading_order(boxes: list[tuple[int, int, int, int]]) -> None:
    sheet = _sheet(*boxes)
    assert [tag.position for tag in sheet.tags] == list(range(1, len(boxes) + 1))
    for arrow in sheet.arrows:
        assert min(math.dist((arrow.x0, arrow.y0), (tag.x, tag.y)) for tag in sheet.tags) <= sheet.radius + 1.2
        assert not arrow.is_inside


def test_an_arrow_points_at_what_is_read_next() -> None:
    (arrow,) = _sheet((100, 100, 900, 200), (100, 700, 900, 900)).arrows
    assert arrow.y0 < arrow.y1
    assert arrow.x0 == arrow.x1


def test_the_boxes_of_one_block_bear_one_number_and_are_linked() -> None:
    paragraph = block((100, 100, 400, 900), (500, 100, 900, 400))
    sheet = sheet_of(page_result(paragraph).blocks, 1.4)
    assert [tag.position for tag in sheet.tags] == [1, 1]
    assert [arrow.is_inside for arrow in sheet.arrows] == [True]


def test_blocks_that_share_a_box_show_all_their_numbers() -> None:
    first, second, third = _sheet(*[(100, 100, 900, 200)] * 3).tags
    assert second.x - first.x == third.x - second.x == 2 * 11


def test_a_small_frame_lies_on_a_large_one() -> None:
    assert [frame.position for frame in _sheet((300, 300, 400, 400), (0, 0, 999, 999)).frames] == [2, 1]


def test_a_block_without_a_box_has_no_place() -> None:
    sheet = sheet_of(page_result(block()).blocks, 1.4)
    assert not sheet.frames
    assert not sheet.tags
    assert window_on(block(), sheet) is None


def test_a_window_without_area_shows_nothing() -> None:
    assert window_on(block((10, 10, 10, 500)), _sheet()) is None


def test_a_window_holds_all_boxes() -> None:
    window = window_on(block((0, 0, 100, 100), (899, 899, 999, 999)), _sheet(aspect=1.0))
    assert window is not None
    assert (window.left, window.top, window.width, window.height) == (0, 0, 1000, 1000)
