from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ocr2_loaders.view.report.picture import Picture, picture_from

_SCHEME = "data:image/webp;base64,"


def _decoded(picture: Picture) -> Image.Image:
    assert picture.url.startswith(_SCHEME)
    return Image.open(BytesIO(b64decode(picture.url.removeprefix(_SCHEME))))


def _page(height: int, width: int) -> np.ndarray:
    """White, with the top left quarter red."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[: height // 2, : width // 2] = (200, 0, 0)
    return pixels


def test_a_picture_shows_the_page_in_its_own_size() -> None:
    picture = picture_from(_page(300, 200))
    with _decoded(picture) as image:
        assert image.size == (picture.width, picture.height) == (200, 300)
        for point, colour in {(50, 50): (200, 0, 0), (150, 250): (255, 255, 255)}.items():
            assert image.convert("RGB").getpixel(point) == pytest.approx(colour, abs=12)


def test_a_huge_page_is_made_smaller_and_keeps_its_shape() -> None:
    picture = picture_from(_page(4096, 2048))
    with _decoded(picture) as image:
        assert image.size == (picture.width, picture.height) == (1000, 2000)
    assert picture.aspect == 2


def test_a_strip_is_never_thinner_than_a_pixel() -> None:
    picture = picture_from(_page(2, 4096))
    assert (picture.width, picture.height) == (2000, 1)


def test_a_picture_of_text_is_small() -> None:
    generator = np.random.default_rng(6)
    pixels = np.full((1684, 1191, 3), 255, np.uint8)
    for top in range(100, 1600, 24):  # lines of dark strokes, as text has them
        strokes = np.where(generator.random((12, 480)) < 0.4, 30, 255).astype(np.uint8)
        pixels[top : top + 12, 100:1060] = np.repeat(strokes, 2, axis=1)[:, :, None]
    assert len(picture_from(pixels).url) < 1_500_000
