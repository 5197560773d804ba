"""Whatever callers hand to vLLM as an image, as 8-bit RGB."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from model_runtime.vllm_plugin.page_pixels import rgb_pixels  # noqa: E402 - only where torch is

PIXELS = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


@pytest.mark.parametrize("image", [PIXELS, torch.from_numpy(PIXELS), Image.fromarray(PIXELS)])
def test_a_picture_in_any_form_is_the_same_pixels(image: Any) -> None:
    pixels = rgb_pixels(image)
    assert np.array_equal(pixels, PIXELS)
    assert pixels.flags.writeable
    assert pixels.flags.c_contiguous


def test_pixels_that_need_no_change_are_not_copied() -> None:
    assert np.shares_memory(rgb_pixels(PIXELS), PIXELS)


def test_pixels_that_may_not_be_written_to_are_copied() -> None:
    locked = PIXELS.copy()
    locked.flags.writeable = False
    pixels = rgb_pixels(locked)
    assert pixels.flags.writeable
    assert not np.shares_memory(pixels, locked)


def test_a_grey_picture_becomes_rgb() -> None:
    assert rgb_pixels(Image.new("L", (3, 2), 9)).tolist() == [[[9] * 3] * 3] * 2


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (np.zeros((2, 3, 3), np.float32), r"float32 \(2, 3, 3\)"),
        (np.zeros((3, 2, 5), np.uint8), r"uint8 \(3, 2, 5\)"),
        (np.zeros((2, 3), np.uint8), r"uint8 \(2, 3\)"),
        ("page.png", "not str"),
    ],
)
def test_anything_else_is_refused_by_what_it_is(image: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rgb_pixels(image)
