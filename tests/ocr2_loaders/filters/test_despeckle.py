from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.support.scans import TYPESET, page_of

pytest.importorskip("cv2")

from ocr2_loaders.filters.despeckle import Despeckle

DPI = 144.0
WORDS = "Minutes of the meeting, i.e. what was said; a dot. . . . . . . . . . . . 12"


def print_of_words() -> NDArray[np.uint8]:
    picture = Image.new("RGB", (900, 300), (235, 235, 230))
    draw = ImageDraw.Draw(picture)
    for line in range(4):
        draw.text((40, 30 + 60 * line), WORDS, font=ImageFont.load_default(20), fill=(30, 30, 30))
    return np.asarray(picture).copy()


def with_noise(clean: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grains of one pixel all over the page, and dust of two by two pixels below the words."""
    random = np.random.default_rng(3)
    noisy = clean.copy()
    noisy[random.integers(0, 300, 200), random.integers(0, 900, 200)] = 60
    for column in range(50, 880, 60):
        noisy[285:287, column : column + 2] = 60
    return noisy


def num_dark(pixels: NDArray[np.uint8]) -> int:
    return int((pixels.max(axis=2) < 130).sum())


def test_print_keeps_every_dot() -> None:
    page = page_of(print_of_words(), dpi=DPI)
    np.testing.assert_array_equal(Despeckle()(page).pixels, page.pixels)


def test_noise_becomes_paper_and_words_stay() -> None:
    clean = print_of_words()
    noisy = with_noise(clean)
    cleaned = Despeckle()(page_of(noisy, dpi=DPI)).pixels
    added = num_dark(noisy) - num_dark(clean)
    assert added > 150
    assert abs(num_dark(cleaned) - num_dark(clean)) < 0.2 * added
    assert (cleaned[280:] == (235, 235, 230)).all()
    is_word = clean.max(axis=2) < 100
    assert (cleaned[is_word] == noisy[is_word]).mean() > 0.99


def test_the_page_that_was_given_is_not_written_to() -> None:
    noisy = with_noise(print_of_words())
    noisy.flags.writeable = False
    assert Despeckle()(page_of(noisy, dpi=DPI)).pixels is not noisy


def test_a_typeset_page_stays_as_it_is() -> None:
    page = page_of(with_noise(print_of_words()), layer=TYPESET, dpi=DPI)
    assert Despeckle()(page) is page


@pytest.mark.parametrize("dpi", [1.0, 72.0, 4800.0])
@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 700, 3), (300, 300, 3)])
def test_any_page_comes_out_in_its_own_shape(dpi: float, shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert Despeckle()(page_of(pixels, dpi=dpi)).pixels.shape == shape
