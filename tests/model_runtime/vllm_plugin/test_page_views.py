"""Views made on the device against those that Pillow makes on the host."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from model_runtime.deepencoder_v2 import normalised_views  # noqa: E402 - only where torch is
from model_runtime.tiling import views_of  # noqa: E402
from model_runtime.vllm_plugin import resampling  # noqa: E402
from model_runtime.vllm_plugin.page_views import page_views, pages_in  # noqa: E402

MAX_LEVELS, MEAN_LEVELS = 2, 0.25


def page(width: int, height: int, seed: int = 0) -> Image.Image:
    """Hard black marks on white with coloured noise: the worst that a page can be for a resize."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    pixels[rng.random((height, width)) < 0.4] = 255
    pixels[rng.random((height, width)) < 0.4] = 0
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    "size",
    [(1224, 1584), (500, 700), (768, 768), (769, 300), (1241, 1754), (2500, 90), (1, 1)],
)
def test_views_are_those_of_pillow(size: tuple[int, int]) -> None:
    image = page(*size)
    expected = views_of(image)
    views = page_views([torch.from_numpy(np.array(image))], torch.float32)
    assert views.crops_per_page == (expected.grid.num_crops,)
    assert_close(views.global_views, expected.global_view[None])
    assert_close(views.crops, expected.crops)


@pytest.mark.parametrize(
    ("size", "target"),
    [((300, 2000), (154, 1024)), ((3000, 800), (3072, 768)), ((900, 900), (90, 1800)), ((40, 30), (41, 30))],
)
def test_a_resize_is_that_of_pillow_rows_first(size: tuple[int, int], target: tuple[int, int]) -> None:
    image, (width, height) = page(*size), target
    rows_first = image.resize((width, image.height), Image.Resampling.BICUBIC)  # from 13 on, Pillow chooses by size
    expected = np.array(rows_first.resize(target, Image.Resampling.BICUBIC)).astype(int)
    found = resampling.resized(torch.from_numpy(np.array(image)).permute(2, 0, 1), height, width)
    levels = np.abs(found.permute(1, 2, 0).numpy() - expected)
    assert levels.max() <= MAX_LEVELS
    assert levels.mean() <= MEAN_LEVELS


def test_several_pages_keep_their_order_and_their_crops() -> None:
    images = [page(900, 400, 1), page(300, 200, 2), page(800, 800, 3)]
    views = page_views([torch.from_numpy(np.array(image)) for image in images], torch.float32)
    expected = [views_of(image) for image in images]
    assert views.crops_per_page == tuple(each.grid.num_crops for each in expected)
    assert_close(views.global_views, np.stack([each.global_view for each in expected]))
    assert_close(views.crops, np.concatenate([each.crops for each in expected]))


def test_pages_larger_than_what_is_held_at_a_time_come_out_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    image = torch.from_numpy(np.array(page(700, 900))).permute(2, 0, 1)
    whole = resampling.resized(image, 1536, 768)
    monkeypatch.setattr(resampling, "_VALUES_AT_ONCE", 100_000)
    assert torch.equal(resampling.resized(image, 1536, 768), whole)


def test_flat_pixels_become_the_pages_they_were() -> None:
    images = [np.array(page(30, 20, 1)), np.array(page(7, 50, 2))]
    flat = torch.cat([torch.from_numpy(image).flatten() for image in images])
    pages = pages_in(flat, [image.shape[:2] for image in images])
    assert all(np.array_equal(one, image) for one, image in zip(pages, images, strict=True))


def assert_close(views: torch.Tensor, expected: np.ndarray) -> None:
    """Equal to `expected`, 8-bit with channels last, within what the way in may cost."""
    if not len(expected):
        assert not len(views)
        return
    levels = (views - normalised_views(torch.from_numpy(expected.copy()), torch.float32)).abs() * 127.5
    assert levels.max() <= MAX_LEVELS + 0.01
    assert levels.mean() <= MEAN_LEVELS
