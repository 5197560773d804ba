"""Tiling is the official processor's: grid, placement, pixels, token counts."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from model_runtime.errors import PageRejected
from model_runtime.tiling import (
    NO_CROPS,
    CropGrid,
    Placement,
    crop_grid,
    global_placement,
    normalised,
    num_visual_tokens,
    views_of,
)

SIDES = st.integers(min_value=1, max_value=5000)
PAGES = st.tuples(SIDES, SIDES).filter(lambda size: max(size) / min(size) < 2047)
"""Longer ones leave the global view without a row or a column."""
GRIDS = [(cols, rows) for cols in range(1, 7) for rows in range(1, 7) if 2 <= cols * rows <= 6]


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A smooth random picture: resampling of it shows any shift."""
    coarse = np.random.default_rng(width * 10_007 + height).integers(0, 256, (7, 9, len(mode)), dtype=np.uint8)
    return Image.fromarray(coarse.squeeze(), mode).resize((width, height), Image.Resampling.BICUBIC)


def grids_by_the_rule(width: int, height: int) -> set[tuple[int, int]]:
    """The rule in other words and exact fractions: the nearest ratio; of two the larger if the page half fills it."""
    if width <= 768 and height <= 768:
        return {(0, 0)}
    ratio = Fraction(width, height)
    nearest = min(abs(ratio - Fraction(*grid)) for grid in GRIDS)
    tied = sorted((cols * rows, cols, rows) for cols, rows in GRIDS if abs(ratio - Fraction(cols, rows)) == nearest)
    large_enough = [tie for tie in tied[1:] if 2 * width * height > 768 * 768 * tie[0]]
    return {(large_enough or tied)[-1 if large_enough else 0][1:]}


@settings(max_examples=2000, deadline=None)
@given(PAGES)
@example((1241, 1754))
@example((769, 768))
@example((2000, 800))
@example((1250, 500))
@example((768, 768))
@example((5000, 2))
def test_the_grid_is_the_nearest_of_the_rule(size: tuple[int, int]) -> None:
    width, height = size
    grid = crop_grid(width, height)
    wanted = grids_by_the_rule(width, height)
    if (grid.cols, grid.rows) not in wanted:  # a tie in exact numbers that the official floats do not see as one
        exact = Fraction(width, height)
        nearest = sorted(abs(exact - Fraction(*other)) for other in GRIDS)
        assert nearest[0] == nearest[1]
        assert abs(exact - Fraction(grid.cols, grid.rows)) == nearest[0]


@given(PAGES, st.integers(min_value=0, max_value=6))
def test_tokens_follow_from_the_grid_and_never_exceed_the_dial(size: tuple[int, int], max_crops: int) -> None:
    width, height = size
    grid = crop_grid(width, height, max_crops)
    assert grid.num_crops <= max_crops
    assert num_visual_tokens(width, height, max_crops) == 256 + 144 * grid.num_crops + 1


@pytest.mark.parametrize(
    ("width", "height", "grid", "tokens"),
    [
        (1224, 1584, (2, 3), 1121),
        (500, 700, (0, 0), 257),
        (768, 768, (0, 0), 257),
        (769, 300, (3, 1), 689),
        (768, 769, (2, 2), 833),
        (3000, 800, (4, 1), 833),
        (1333, 1001, (3, 2), 1121),
        (300, 2000, (1, 6), 1121),
        (5000, 500, (6, 1), 1121),
        (1536, 1536, (2, 2), 833),
    ],
)
def test_sizes_counted_with_the_official_processor(width: int, height: int, grid: tuple[int, int], tokens: int) -> None:
    assert crop_grid(width, height) == CropGrid(*grid)
    assert num_visual_tokens(width, height) == tokens


def test_the_dial_goes_from_no_crops_to_six() -> None:
    counts = [crop_grid(1654, 2339, max_crops).num_crops for max_crops in range(7)]
    assert counts == [0, 0, 2, 2, 2, 2, 6]
    with pytest.raises(ValueError, match="between 0 and 6"):
        crop_grid(1654, 2339, 7)


@settings(max_examples=300, deadline=None)
@given(PAGES)
@example((1241, 1754))
@example((3000, 800))
@example((1333, 1001))
def test_the_placement_is_where_pillow_puts_the_page(size: tuple[int, int]) -> None:
    width, height = size
    place = global_placement(width, height)
    mask = np.asarray(ImageOps.pad(Image.new("L", (width, height), 255), (1024, 1024)))
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert place == Placement(cols[0], rows[0], len(cols), len(rows))


@settings(max_examples=500, deadline=None)
@given(PAGES)
def test_the_placement_keeps_the_aspect_and_stays_centred(size: tuple[int, int]) -> None:
    width, height = size
    place = global_placement(width, height)
    assert max(place.width, place.height) == 1024
    assert math.isclose(min(place.width, place.height), 1024 * min(width, height) / max(width, height), abs_tol=0.5001)
    for start, extent in ((place.left, place.width), (place.top, place.height)):
        assert abs((1024 - extent) / 2 - start) <= 0.5


@pytest.mark.parametrize("size", [(1241, 1754), (3000, 800), (640, 480), (1000, 2999), (768, 769)])
def test_views_hold_the_pixels_of_the_official_steps(size: tuple[int, int]) -> None:
    page = noise(*size)
    views = views_of(page)
    assert np.array_equal(views.global_view, np.asarray(ImageOps.pad(page, (1024, 1024), color=(127, 127, 127))))
    stretched = page.resize((views.grid.cols * 768, views.grid.rows * 768)) if views.grid != NO_CROPS else page
    for index, crop in enumerate(views.crops):
        row, col = divmod(index, views.grid.cols)
        box = (col * 768, row * 768, (col + 1) * 768, (row + 1) * 768)
        assert np.array_equal(crop, np.asarray(stretched.crop(box)))
    assert views.num_visual_tokens == num_visual_tokens(*size)


@pytest.mark.parametrize("size", [(1241, 1754), (769, 300), (500, 700), (2400, 401), (1500, 1000)])
def test_crops_equal_those_of_transformers_native_processor(size: tuple[int, int]) -> None:
    pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    page = noise(*size)
    native = transformers.DeepseekOcr2ImageProcessorPil(image_mean=[0.5] * 3, image_std=[0.5] * 3)
    inputs = native(images=[page], return_tensors="np")
    views = views_of(page)
    assert inputs["num_local_patches"].tolist() == [views.grid.num_crops]
    if views.grid != NO_CROPS:
        np.testing.assert_allclose(
            normalised(views.crops), inputs["pixel_values_local"].reshape(-1, 3, 768, 768), atol=1e-6
        )
    ours, theirs = normalised(views.global_view), inputs["pixel_values"].reshape(3, 1024, 1024)
    place = views.placement
    shift_x, shift_y = place.left - (1024 - place.width) // 2, place.top - (1024 - place.height) // 2
    np.testing.assert_allclose(ours, np.roll(theirs, (shift_y, shift_x), axis=(1, 2)), atol=1e-6)


@settings(max_examples=200, deadline=None)
@given(PAGES)
def test_grids_equal_those_of_transformers_native_processor(size: tuple[int, int]) -> None:
    width, height = size
    pytest.importorskip("torch")
    module = pytest.importorskip("transformers.models.deepseek_ocr2.image_processing_pil_deepseek_ocr2")
    for max_crops in range(2, 7):
        native = module.get_optimal_tiled_canvas((height, width), (768, 768), 2, max_crops)
        grid = crop_grid(width, height, max_crops)
        assert grid == (CropGrid(*native) if max(width, height) > 768 else NO_CROPS)


def test_normalised_values_are_the_official_ones_bit_for_bit() -> None:
    pixels = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 16, 16, 3)
    values = normalised(pixels)
    assert values.shape == (1, 3, 16, 16)
    assert values.dtype == np.float32
    official = (pixels.astype(np.float32) / np.float32(255) - np.float32(0.5)) / np.float32(0.5)
    assert np.array_equal(values, official.transpose(0, 3, 1, 2))
    assert values.min() == -1
    assert values.max() == 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_on_white(mode: str) -> None:
    clear = Image.new(mode, (40, 40), 0)
    place = views_of(clear).placement
    assert (place.width, place.height) == (1024, 1024)
    assert (views_of(clear).global_view == 255).all()


def test_a_transparent_palette_colour_lies_on_white() -> None:
    page = Image.new("P", (40, 40), 3)
    page.putpalette([10, 20, 30] * 256)
    page.info["transparency"] = 3
    assert (views_of(page).global_view == 255).all()


def test_exif_turns_the_page_upright() -> None:
    lying = noise(900, 300)
    lying.getexif()[0x0112] = 6
    upright = views_of(lying)
    assert upright.grid == crop_grid(300, 900)
    assert np.array_equal(upright.global_view, views_of(lying.transpose(Image.Transpose.ROTATE_270)).global_view)


@pytest.mark.parametrize("size", [(3000, 1), (1, 2048), (5000, 2)])
def test_a_page_too_thin_for_the_global_view_is_rejected(size: tuple[int, int]) -> None:
    with pytest.raises(PageRejected, match=f"{size[0]} x {size[1]} px"):
        views_of(Image.new("RGB", size))
    with pytest.raises(PageRejected):
        num_visual_tokens(*size)


def test_a_page_without_pixels_is_rejected() -> None:
    with pytest.raises(PageRejected, match="no pixels"):
        views_of(Image.new("RGB", (0, 10)))


@pytest.mark.parametrize("mode", ["I;16", "F", "I"])
def test_pixels_deeper_than_eight_bits_are_rejected_rather_than_clipped(mode: str) -> None:
    with pytest.raises(PageRejected, match="8-bit"):
        views_of(Image.new(mode, (10, 10)))
