"""Boxes refer to the page as it was read, filters included; pictures drawn later are of the same frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ocr2_loaders
from ocr2_loaders import LoadSettings, PageResult, Pictures, RenderSettings, figure_of, picture_of
from ocr2_loaders.errors import FilterFailed
from ocr2_loaders.filters import turned
from ocr2_loaders.pages import PageImage
from ocr2_loaders.view import overlay
from tests.support.scans import scan
from tests.support.scripted import ScriptedEngine

DARK = 100


@pytest.fixture
def lying(tmp_path: Path) -> Path:
    """A page of 300 by 400 pixels with one dark bar, on its side."""
    pixels = np.full((400, 300, 3), 250, np.uint8)
    pixels[40:60, 30:270] = 20
    path = tmp_path / "lying.png"
    Image.fromarray(np.ascontiguousarray(np.rot90(pixels))).save(path)
    return path


def upright(page: PageImage) -> PageImage:
    return turned(page, 90)


def upper_half(page: PageImage) -> PageImage:
    return replace(page, pixels=page.pixels[: page.pixels.shape[0] // 2])


def bar_found(source: Path, *filters: object, dpi: int = 144) -> PageResult:
    """The page, read by an engine that finds the one dark bar in the pixels that it is given."""

    def answer(request: object) -> str:
        rows, columns = np.nonzero(request.pixels.max(axis=2) < DARK)
        height, width, _ = request.pixels.shape
        edges = (columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height)
        return f"<|ref|>image<|/ref|><|det|>{[[round(999 * edge) for edge in edges]]}<|/det|>\n"

    settings = LoadSettings(page_filters=filters, render=RenderSettings(dpi=dpi))
    (page,) = ocr2_loaders.load(source, settings=settings, engine=ScriptedEngine(answer))
    return page


def test_a_crop_of_a_turned_page_shows_what_the_box_was_drawn_around(lying: Path) -> None:
    page = bar_found(lying, upright)
    (block,) = page.blocks
    crop = figure_of(page, block)
    assert crop is not None
    assert crop.size == pytest.approx((240, 20), abs=2)
    assert np.asarray(crop).mean() < DARK


def test_a_picture_at_another_resolution_lies_in_the_same_frame(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "bar.pdf"), pagesize=(300, 400), invariant=1)
    canvas.rotate(4)
    canvas.rect(60, 300, 200, 20, fill=1)
    canvas.save()
    page = bar_found(tmp_path / "bar.pdf", lambda page: turned(page, 4), dpi=100)
    crop = figure_of(page, page.blocks[0], RenderSettings(dpi=200))
    assert crop is not None
    assert crop.size == pytest.approx((200 * 200 / 72, 20 * 200 / 72), abs=8)
    assert np.asarray(crop).mean() < DARK


def test_the_overlay_of_a_turned_page_has_its_box_around_the_bar(lying: Path) -> None:
    page = bar_found(lying, upright)
    drawn = np.asarray(overlay(page, picture_of(page))).astype(int)
    rows, columns = np.nonzero(np.ptp(drawn[:400, :300], axis=2) > 40)
    assert (rows.min(), rows.max()) == pytest.approx((40, 60), abs=4)
    assert columns.max() == pytest.approx(270, abs=4)


def test_a_page_cut_by_a_filter_has_no_picture_without_that_filter(lying: Path) -> None:
    page = bar_found(lying, upright, upper_half)
    with pytest.raises(FilterFailed, match="give all page filters of that run to Pictures"):
        picture_of(page)
    with Pictures(page_filters=(upright, upper_half)) as pictures:
        picture = pictures.of(page)
    assert picture.shape == (page.height_px, page.width_px, 3) == (200, 300, 3)


def test_a_filter_that_gives_up_on_a_picture_raises_its_typed_error(lying: Path) -> None:
    def gives_up(page: PageImage) -> PageImage:
        raise ValueError("no lines")

    page = bar_found(lying, upright)
    with Pictures(page_filters=(gives_up,)) as pictures, pytest.raises(FilterFailed, match="no lines"):
        pictures.of(page)


def test_a_scan_askew_is_shown_level_as_it_was_read(tmp_path: Path) -> None:
    deskew = pytest.importorskip("ocr2_loaders.filters.deskew", reason="jdeskew is not installed")
    path = tmp_path / "scan.png"
    Image.fromarray(scan(3.0)).save(path)
    engine = ScriptedEngine(lambda _: "words")
    (page,) = ocr2_loaders.load(path, settings=LoadSettings(page_filters=("deskew",)), engine=engine)
    assert page.turned_deg == pytest.approx(-3.0, abs=0.3)
    assert deskew.skew_deg(picture_of(page)) == pytest.approx(0, abs=0.3)
    np.testing.assert_array_equal(picture_of(page), engine.requests[0].pixels)
