"""Where boxes, numbers and arrows stand on a page's picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from model_runtime.box import BoundingBox
from ocr2_loaders.blocks.block import Block

_WIDTH = 1000
"""Of every sheet, in units of its own drawing, whatever the picture's size."""
_RADIUS = 11
_LARGEST_ASPECT = 20.0
"""A strip of a page that is longer or flatter is drawn as if it were not."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a drawing."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Frame:
    """One box of a block. `position` counts the page's blocks from 1, as in the reading order that is shown."""

    position: int
    label: str
    window: Window


@dataclass(frozen=True, slots=True)
class Tag:
    """The number of a block at the top left corner of one of its boxes; `x` and `y` are the tag's centre."""

    position: int
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one tag to the next one that is read. `is_inside` where both belong to one block."""

    x0: float
    y0: float
    x1: float
    y1: float
    is_inside: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's drawing. Small frames come last, so that a large one never lies on a small one."""

    width: float
    height: float
    radius: float
    frames: tuple[Frame, ...]
    tags: tuple[Tag, ...]
    arrows: tuple[Arrow, ...]


def sheet_of(blocks: Iterable[Block], aspect: float) -> Sheet:
    """The drawing over a picture that is `aspect` times as high as it is wide."""
    height = round(_WIDTH * min(_LARGEST_ASPECT, max(1 / _LARGEST_ASPECT, aspect)), 1)
    placed = [(block, box) for block in blocks for box in block.bounding_boxes]
    frames = sorted((_frame(block, box, height) for block, box in placed), key=_area, reverse=True)
    tags = tuple(_tags(placed, height))
    return Sheet(_WIDTH, height, _RADIUS, tuple(frames), tags, tuple(_arrows(tags)))


def _area(frame: Frame) -> float:
    return frame.window.width * frame.window.height


def window_on(block: Block, sheet: Sheet) -> Window | None:
    """The part of the drawing that holds all boxes of the block; None where that has no area."""
    box = block.bounding_box
    if box is None or not (box.width and box.height):
        return None
    return _window(box, sheet.height)


def _window(box: BoundingBox, height: float) -> Window:
    corners = (box.x0 * _WIDTH, box.y0 * height, box.width * _WIDTH, box.height * height)
    return Window(*(round(corner, 1) for corner in corners))


def _frame(block: Block, box: BoundingBox, height: float) -> Frame:
    return Frame(block.reading_order + 1, block.label.value, _window(box, height))


def _tags(placed: Iterable[tuple[Block, BoundingBox]], height: float) -> Iterator[Tag]:
    """Left of the corner, where a tag hides no text; tags that would cover one another stand in a row."""
    num_at: dict[tuple[float, float], int] = {}
    for block, box in placed:
        corner = (_within(box.x0 * _WIDTH - _RADIUS, _WIDTH), _within(box.y0 * height + _RADIUS, height))
        place = num_at[corner] = num_at.get(corner, -1) + 1
        x = _within(corner[0] + 2 * _RADIUS * place, _WIDTH)
        yield Tag(block.reading_order + 1, block.label.value, x, corner[1])


def _within(value: float, length: float) -> float:
    return round(min(length - _RADIUS, max(_RADIUS, value)), 1)


def _arrows(tags: Iterable[Tag]) -> Iterator[Arrow]:
    """From rim to rim; none between tags that touch."""
    for tag, following in pairwise(tags):
        across, down = following.x - tag.x, following.y - tag.y
        distance = math.hypot(across, down)
        if distance > 3 * _RADIUS:
            x, y = across / distance * (_RADIUS + 1), down / distance * (_RADIUS + 1)
            yield Arrow(
                round(tag.x + x, 1),
                round(tag.y + y, 1),
                round(following.x - x, 1),
                round(following.y - y, 1),
                tag.position == following.position,
            )
