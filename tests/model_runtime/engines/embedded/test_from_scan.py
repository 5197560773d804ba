"""The sheet of a scanned page: slant, ruling lines, pictures and bold print, from drawn pixels without OCR."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from model_runtime.engines.embedded.from_scan import sheet_from_scan, slant_of
from model_runtime.engines.embedded.grid import grids
from model_runtime.engines.embedded.ocr import ReadLine
from model_runtime.engines.embedded.sheet import Sheet, turned

pytest.importorskip("cv2")

WIDTH, HEIGHT, SCALE = 600.0, 800.0, 2.0


def corners(x0: float, y0: float, x1: float, y1: float, slant: float = 0.0) -> NDArray[np.float64]:
    """The corners, in points, of a box that was drawn level and then turned with its page."""
    return np.array([turned(point, slant, WIDTH, HEIGHT) for point in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))])


def read_line(text: str, x0: float, y0: float, x1: float, y1: float, slant: float = 0.0) -> ReadLine:
    return ReadLine(text, corners(x0, y0, x1, y1, slant) * SCALE, 0.9)


def paper(draw_on: bool = True) -> Image.Image:
    """A page with a table of 3 by 2 cells and a dark picture, two pixels a point."""
    page = Image.new("L", (round(WIDTH * SCALE), round(HEIGHT * SCALE)), 255)
    if draw_on:
        draw = ImageDraw.Draw(page)
        for x in (100, 300, 500):
            draw.line((x * SCALE, 200, x * SCALE, 500), fill=20, width=2)
        for y in (100, 150, 200, 250):
            draw.line((200, y * SCALE, 1000, y * SCALE), fill=20, width=2)
        draw.rectangle((300, 800, 900, 1200), fill=120)
    return page


def scanned(page: Image.Image, degrees: float = 0.0) -> NDArray[np.uint8]:
    """The page turned clockwise, with noise, as RGB pixels."""
    turned_page = page.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=255)
    noise = np.random.default_rng(1).normal(-6, 5, (page.height, page.width))
    gray = np.clip(np.asarray(turned_page) + noise, 0, 255).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)


@given(st.floats(-10, 10), st.lists(st.tuples(st.floats(20, 200), st.floats(20, 700)), min_size=1, max_size=20))
def test_the_slant_is_that_of_the_long_lines(degrees: float, places):
    slant = math.radians(degrees)
    lines = [corners(x, y, x + 300, y + 12, slant) for x, y in places]
    short = [corners(50, 50, 60, 62, math.radians(30))]
    assert slant_of([*lines, *short]) == pytest.approx(slant, abs=1e-9)


def test_a_page_without_long_lines_is_taken_for_level():
    assert slant_of([]) == 0.0
    assert slant_of([corners(10, 10, 400, 22, math.radians(40))]) == 0.0


@pytest.mark.parametrize("degrees", [-2.0, 0.0, 1.0, 2.0])
def test_a_table_and_a_picture_are_found_on_a_noisy_page_askew(degrees: float):
    slant = math.radians(degrees)
    lines = [read_line("a line of text above the table", 100, y, 500, y + 14, slant) for y in (40, 60)]
    sheet = sheet_from_scan(lines, scanned(paper(), degrees), WIDTH, HEIGHT)
    (grid,) = grids(sheet.rulings)
    assert grid.owner.shape == (3, 2)
    assert grid.rect == pytest.approx((100, 100, 500, 250), abs=3)
    (picture,) = sheet.pictures
    assert picture == pytest.approx((150, 400, 450, 600), abs=8)


def test_boxes_are_reported_on_the_page_as_it_is():
    slant = math.radians(2)
    (line,) = [read_line("a line of text", 100, 600, 500, 614, slant)]
    sheet = sheet_from_scan([line], scanned(paper(draw_on=False)), WIDTH, HEIGHT)
    (piece,) = sheet.pieces
    assert piece.rect == pytest.approx((100, 600, 500, 614), abs=0.01)
    box = sheet.box_of(piece.rect)
    xs, ys = line.corners.T / SCALE
    expected = (xs.min() / WIDTH, ys.min() / HEIGHT, xs.max() / WIDTH, ys.max() / HEIGHT)
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx(expected)


@given(st.floats(-0.2, 0.2), st.floats(0, WIDTH), st.floats(0, HEIGHT))
def test_turning_there_and_back_is_no_turn(angle: float, x: float, y: float):
    there = turned((x, y), angle, WIDTH, HEIGHT)
    assert turned(there, -angle, WIDTH, HEIGHT) == pytest.approx((x, y), abs=1e-6)


def test_thick_strokes_are_bold():
    page = paper(draw_on=False)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(24)
    for i in range(6):
        draw.text((100, 100 + 60 * i), "Nobody straightened the sheets", fill=0, font=font, stroke_width=int(i == 2))
    lines = [read_line("Nobody straightened the sheets", 48, 48 + 30 * i, 260, 66 + 30 * i) for i in range(6)]
    sheet = sheet_from_scan(lines, scanned(page), WIDTH, HEIGHT)
    assert [piece.bold for piece in sheet.pieces] == [False, False, True, False, False, False]


def test_lines_that_run_down_the_page_stand_aside():
    lines = [read_line("across the page", 100, 100, 300, 114), read_line("down the page", 20, 200, 34, 500)]
    sheet = sheet_from_scan(lines, scanned(paper(draw_on=False)), WIDTH, HEIGHT)
    assert ([piece.text for piece in sheet.pieces], [piece.text for piece in sheet.aside]) == (
        ["across the page"],
        ["down the page"],
    )


def test_a_blank_page_is_an_empty_sheet():
    sheet = sheet_from_scan([], np.full((800, 600, 3), 255, np.uint8), WIDTH, HEIGHT)
    assert sheet == Sheet(WIDTH, HEIGHT, (), scanned=True)
