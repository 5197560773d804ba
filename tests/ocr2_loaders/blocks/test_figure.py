import numpy as np
import pytest

from ocr2_loaders.blocks import crop_of
from tests.support.results import block


@pytest.fixture
def page() -> np.ndarray:
    pixels = np.zeros((400, 200, 3), dtype=np.uint8)
    pixels[100:200, 50:100] = 255
    return pixels


def test_a_crop_holds_all_boxes_of_a_block(page: np.ndarray) -> None:
    crop = crop_of(block((250, 250, 300, 300), (400, 400, 499, 499)), page)
    assert crop is not None
    assert crop.size == (50, 100)
    assert np.asarray(crop).mean() > 240


def test_a_crop_outlives_the_pixels_of_its_page(page: np.ndarray) -> None:
    crop = crop_of(block((250, 250, 499, 499)), page)
    page[:] = 7
    assert crop is not None
    assert 7 not in np.asarray(crop)


@pytest.mark.parametrize("boxes", [(), ((0, 0, 0, 0),), ((999, 999, 999, 999),)])
def test_a_block_without_an_area_has_no_crop(page: np.ndarray, boxes: tuple[tuple[int, int, int, int], ...]) -> None:
    assert crop_of(block(*boxes), page) is None
