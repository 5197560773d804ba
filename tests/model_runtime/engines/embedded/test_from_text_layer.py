"""The sheet of a page with a text layer, and whether it can be read in place of the pixels."""

from __future__ import annotations

import pytest

from model_runtime.box import BoundingBox
from model_runtime.engines.embedded.from_text_layer import MAX_RUNS, sheet_from_text_layer, stands_for_page
from model_runtime.engines.embedded.rect import Rect
from model_runtime.text_layer import Ruling, TextLayer, TextRun

WHOLE = BoundingBox(0, 0, 1, 1)
SOMEWHERE = BoundingBox(0.1, 0.1, 0.5, 0.12)


def run(text: str, box: BoundingBox = SOMEWHERE, *, rotated: bool = False) -> TextRun:
    return TextRun(text, box, 10.0, rotated=rotated)


@pytest.mark.parametrize(
    ("layer", "stands"),
    [
        (None, False),
        (TextLayer(), False),
        (TextLayer((run("  "),)), False),
        (TextLayer((run("words"),), distrust="invisible text only"), False),
        (TextLayer((run("words"),)), True),
        (TextLayer((run("x"),) * (MAX_RUNS + 1)), False),
        (TextLayer((run("Downloaded by a library"),), pictures=(WHOLE,)), False),
        (TextLayer((run("words " * 100),), pictures=(WHOLE,)), True),
    ],
)
def test_a_layer_stands_for_the_page_when_it_is_trusted_and_says_enough(layer: TextLayer | None, stands: bool):
    assert stands_for_page(layer) is stands


def test_boxes_are_in_points_and_rotated_runs_stand_aside():
    layer = TextLayer((run("level"), run("steep", rotated=True)), (Ruling(BoundingBox(0, 0.5, 1, 0.5)),))
    sheet = sheet_from_text_layer(layer, 600, 800)
    assert [(piece.text, piece.rect) for piece in sheet.pieces] == [("level", Rect(60, 80, 300, 96))]
    assert [piece.text for piece in sheet.aside] == ["steep"]
    assert sheet.rulings == (Rect(0, 400, 600, 400),)


def test_ornaments_backgrounds_and_parts_of_pictures_are_no_pictures():
    picture = BoundingBox(0.2, 0.3, 0.8, 0.6)
    parts = (picture, BoundingBox(0.2, 0.3, 0.4, 0.5), BoundingBox(0.1, 0.1, 0.11, 0.11), WHOLE)
    sheet = sheet_from_text_layer(TextLayer((run("words"),), pictures=parts), 600, 800)
    assert sheet.pictures == (Rect(120, 240, 480, 480),)


def test_a_picture_of_the_whole_page_without_text_on_it_is_one():
    layer = TextLayer(pictures=(WHOLE,))
    assert sheet_from_text_layer(layer, 600, 800).pictures == (Rect(0, 0, 600, 800),)
