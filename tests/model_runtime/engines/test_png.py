import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from model_runtime.engines.png import encoded_png


def _decoded(png: bytes) -> tuple[str, NDArray[np.uint8]]:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        image.load()
        return image.mode, np.asarray(image.convert("RGB"))


@st.composite
def pictures(draw: st.DrawFn) -> NDArray[np.uint8]:
    """Noise, gradients and grey pages of every small size, some of them cut out of a larger array."""
    height, width = draw(st.integers(1, 70)), draw(st.integers(1, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["noise", "gradient", "grey", "flat"]))
    if kind == "gradient":
        pixels = (np.arange(height)[:, None, None] * 3 + np.arange(width)[None, :, None] + np.arange(3)) % 256
    elif kind == "grey":
        pixels = np.repeat(random.integers(0, 256, (height, width, 1)), 3, axis=2)
    else:
        pixels = random.integers(0, 256, (height, width, 3)) if kind == "noise" else np.full((height, width, 3), 255)
    whole = pixels.astype(np.uint8)
    return whole[:, ::-1] if draw(st.booleans()) else whole


@given(pictures())
def test_pillow_decodes_the_very_same_pixels(pixels: NDArray[np.uint8]) -> None:
    _, decoded = _decoded(encoded_png(pixels))
    np.testing.assert_array_equal(decoded, pixels)


def test_a_grey_page_is_sent_as_one_channel() -> None:
    grey = np.full((50, 40, 3), 200, np.uint8)
    assert _decoded(encoded_png(grey))[0] == "L"
    grey[0, 0] = [200, 200, 201]
    assert _decoded(encoded_png(grey))[0] == "RGB"


def test_a_photograph_gets_smaller_by_the_rows_filter_and_lettering_does_not_get_larger() -> None:
    random = np.random.default_rng(7)
    row = random.integers(0, 200, (1, 400, 3))
    photograph = (row + np.arange(300)[:, None, None] // 4).astype(np.uint8)
    assert len(encoded_png(photograph)) < photograph.nbytes / 10
    lettering = np.full((300, 400, 3), 255, np.uint8)
    lettering[::9, ::7] = 0
    assert len(encoded_png(lettering)) < lettering.nbytes / 50


def test_the_input_is_left_as_it_was() -> None:
    pixels = np.arange(300, dtype=np.uint8).reshape(10, 10, 3)
    before = pixels.copy()
    encoded_png(pixels)
    np.testing.assert_array_equal(pixels, before)
