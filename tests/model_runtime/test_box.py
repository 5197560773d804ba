import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.box import GRID, BoundingBox, GridBox

grid = st.integers(0, GRID)
unit = st.floats(0, 1)


@st.composite
def grid_boxes(draw: st.DrawFn) -> GridBox:
    (x0, x1), (y0, y1) = sorted((draw(grid), draw(grid))), sorted((draw(grid), draw(grid)))
    return GridBox(x0, y0, x1, y1)


@st.composite
def bounding_boxes(draw: st.DrawFn) -> BoundingBox:
    (x0, x1), (y0, y1) = sorted((draw(unit), draw(unit))), sorted((draw(unit), draw(unit)))
    return BoundingBox(x0, y0, x1, y1)


@given(grid_boxes())
def test_a_grid_box_survives_the_way_to_the_page_and_back(box: GridBox) -> None:
    assert box.on_page().on_grid() == box


@given(bounding_boxes())
def test_the_grid_is_never_off_by_more_than_half_a_step(box: BoundingBox) -> None:
    there_and_back = box.on_grid().on_page()
    for before, after in zip(
        (box.x0, box.y0, box.x1, box.y1),
        (there_and_back.x0, there_and_back.y0, there_and_back.x1, there_and_back.y1),
        strict=True,
    ):
        assert abs(before - after) <= 0.5 / GRID + 1e-12


@given(bounding_boxes(), st.integers(1, 5000), st.integers(1, 5000))
def test_pixels_hold_the_whole_box_and_stay_in_the_image(box: BoundingBox, width_px: int, height_px: int) -> None:
    left, top, right, bottom = box.in_pixels(width_px, height_px)
    assert 0 <= left <= right <= width_px
    assert 0 <= top <= bottom <= height_px
    assert left <= box.x0 * width_px + 1e-6
    assert right >= box.x1 * width_px - 1e-6
    assert top <= box.y0 * height_px + 1e-6
    assert bottom >= box.y1 * height_px - 1e-6


@given(bounding_boxes(), bounding_boxes())
def test_a_union_holds_both(one: BoundingBox, other: BoundingBox) -> None:
    both = one.union(other)
    for box in (one, other):
        assert both.union(box) == both
    assert both == other.union(one)


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(-10, 10), st.floats(-10, 10))
def test_clipping_takes_corners_in_any_order(x0: float, y0: float, x1: float, y1: float) -> None:
    assert BoundingBox.clipped(x0, y0, x1, y1) == BoundingBox.clipped(x1, y1, x0, y0)


def test_points_scale_with_the_page() -> None:
    assert BoundingBox(0.25, 0.5, 0.5, 1.0).in_points(612, 792) == (153.0, 396.0, 306.0, 792.0)


@pytest.mark.parametrize("corners", [(5, 0, 4, 1), (0, 5, 1, 4), (-1, 0, 1, 1), (0, 0, 1000, 1)])
def test_a_box_that_is_none_is_refused(corners: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="not an ordered box"):
        GridBox(*corners)
