"""A page as two requests, its upper and its lower half, and their transcripts as one again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model_runtime.box import BoundingBox, GridBox
from model_runtime.contract import PageRequest
from model_runtime.grounding import parse, written

_MIN_HEIGHT_PX = 64


@dataclass(frozen=True, slots=True, eq=False)
class Half:
    """A part of a page as a request of its own; `top` and `height` are its place on the page, 0..1."""

    request: PageRequest
    top: float
    height: float

    @property
    def has_ink(self) -> bool:
        pixels = self.request.pixels
        return bool((pixels != pixels[0, 0]).any())


def halves_of(request: PageRequest) -> tuple[Half, ...]:
    """The upper and the lower half, cut where there is least ink near the middle; none of a page that is too low."""
    height_px = request.pixels.shape[0]
    if height_px < _MIN_HEIGHT_PX:
        return ()
    cut = _row_with_least_ink(request.pixels)
    return _part(request, 0, cut), _part(request, cut, height_px)


def on_whole_page(half: Half, transcript: str) -> str:
    """The transcript of a half with its boxes on the whole page."""
    return "".join(_moved(half, transcript))


def _moved(half: Half, transcript: str) -> Iterator[str]:
    for span in parse(transcript):
        if span.label is None or not span.boxes:
            yield span.tag + span.body
        else:
            yield written(span.label, [_box_on_page(half, box) for box in span.boxes], span.body)


def _box_on_page(half: Half, box: GridBox) -> GridBox:
    inner = box.on_page()
    top, bottom = (half.top + half.height * y for y in (inner.y0, inner.y1))
    return BoundingBox.clipped(inner.x0, top, inner.x1, bottom).on_grid()


def _row_with_least_ink(pixels: NDArray[np.uint8]) -> int:
    """Within the middle third; of several such rows the one nearest to the middle."""
    height = pixels.shape[0]
    first, last = height // 3, height - height // 3
    rows = pixels[first:last]
    contrast = rows.max(axis=(1, 2)).astype(np.int64) - rows.min(axis=(1, 2))
    distance = np.abs(np.arange(first, last) - height // 2)
    nearest = int(np.argmin(contrast * height + distance))
    return int(first + nearest)


def _part(request: PageRequest, first_row: int, end_row: int) -> Half:
    height_px = request.pixels.shape[0]
    share = (end_row - first_row) / height_px
    part = replace(
        request, pixels=request.pixels[first_row:end_row], height_pt=request.height_pt * share, text_layer=None
    )
    return Half(part, first_row / height_px, share)
