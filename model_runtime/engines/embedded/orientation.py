"""Which way up a page lies, told by its lines of text and RapidOCR's three models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_runtime.engines.embedded.ocr import faults_as_engine_errors, loaded

ORIENTATION_VERSION = 1
"""Goes up whenever another answer may come out for the same page."""

_LONGEST_PX = 960
"""Lines are looked for on a picture no longer than this."""
_NARROWEST_PX = 32
_SLIMMEST = 50
"""RapidOCR refuses narrow strips, and a page is none."""
_LINE_RATIO = 2.5
"""A line is so much longer than high; shorter pieces do not tell which way they run."""
_ON_SIDE = 0.6
"""The share, by length, of lines that run downwards on a page that lies on its side."""
_NUM_ASKED = 12
_NUM_READ = 5
_CERTAIN = 0.8
"""Of -1 (upright) … 1 (upside down): when all lines look so upright, none is read to make sure."""
_ENOUGH = 0.3
"""Of what looks and reading say together; with less, a page stays as it lies, for most pages lie well."""
_LEGIBLE = 0.6
"""The mean score of lines that are text in the right direction."""
_WRITTEN_IN_COLUMNS = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Scripts that also run downwards: the recogniser reads their columns as well as their lines, once they lie level."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What some lines say, and how sure the recogniser is of it, 0..1."""

    text: str
    score: float

    @property
    def may_be_columns(self) -> bool:
        return 2 * len(_WRITTEN_IN_COLUMNS.findall(self.text)) > len(self.text)


class OrientationReader:
    """A loaded RapidOCR, for one page at a time. Raises: EngineUnavailable when the package or its models are missing.

    The detector tells lines that run downwards from those that run level; the line classifier then votes on which end
    is up. It is trained on Chinese and English, so the recogniser reads a few lines both ways where the vote is not
    clear, and always before a page is turned. East Asian lines that read from top to bottom are taken for columns.
    """

    def __init__(self, num_threads: int) -> None:
        self._rapidocr = loaded(num_threads, {"Det.limit_type": "max", "Det.limit_side_len": _LONGEST_PX})

    def turn_deg(self, pixels: NDArray[np.uint8]) -> int:
        """How far to turn the page clockwise until it is upright: 0, 90, 180 or 270; 0 also where nothing tells.

        `pixels` have shape (height, width, 3), RGB.

        Raises: EngineError when RapidOCR gives up on the picture.
        """
        import cv2

        short, long = sorted(pixels.shape[:2])
        if short < _NARROWEST_PX or long > _SLIMMEST * short:
            return 0
        with faults_as_engine_errors():
            lines = self._lines(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8))
            if not lines:
                return 0
            down = [line for line in lines if line.shape[0] > line.shape[1]]
            if sum(map(_length, down)) > _ON_SIDE * sum(map(_length, lines)):
                return self._turn_from_side([np.ascontiguousarray(np.rot90(line)) for line in _longest(down)])
            level = [line for line in lines if line.shape[0] <= line.shape[1]]
            return self._turn_from_level(_longest(level))

    def _turn_from_side(self, lines: Sequence[NDArray[np.uint8]]) -> int:
        """`lines` are turned by a quarter, counter-clockwise."""
        as_is, flipped = self._read_both_ways(lines)
        better = max(as_is, flipped, key=lambda read: read.score)
        if better.score < _LEGIBLE or (better is as_is and better.may_be_columns):
            return 0
        upside_down = self._looks_upside_down(lines) + flipped.score - as_is.score
        if abs(upside_down) < _ENOUGH:
            return 0
        return 90 if upside_down > 0 else 270

    def _turn_from_level(self, lines: Sequence[NDArray[np.uint8]]) -> int:
        looks = self._looks_upside_down(lines)
        if looks < -_CERTAIN:
            return 0
        as_is, flipped = self._read_both_ways(lines)
        return 180 if looks + flipped.score - as_is.score > _ENOUGH else 0

    def _lines(self, page: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        """The page's longer lines as pictures of their own, lying as they lie on the page."""
        found = self._rapidocr(page, use_det=True, use_cls=False, use_rec=False)
        boxes = [] if found.boxes is None else found.boxes
        cut = (_cut_out(page, np.asarray(corners, np.float32)) for corners in boxes)
        return [line for line in cut if _length(line) >= _LINE_RATIO * min(line.shape[:2])]

    def _looks_upside_down(self, lines: Sequence[NDArray[np.uint8]]) -> float:
        """The classifier's mean vote, from -1 for upright to 1 for upside down."""
        votes = []
        for line in lines:
            ((label, score),) = self._rapidocr(line, use_det=False, use_cls=True, use_rec=False).cls_res
            votes.append(score if label == "180" else -score)
        return float(np.mean(votes))

    def _read_both_ways(self, lines: Sequence[NDArray[np.uint8]]) -> tuple[_Read, _Read]:
        """What the recogniser reads in some of the lines as they lie, and upside down."""
        few = lines[:_NUM_READ]
        return self._read(few), self._read([np.ascontiguousarray(line[::-1, ::-1]) for line in few])

    def _read(self, lines: Sequence[NDArray[np.uint8]]) -> _Read:
        found = [self._rapidocr(line, use_det=False, use_cls=False, use_rec=True) for line in lines]
        texts = [line.txts[0].strip() if line.txts else "" for line in found]
        scores = [line.scores[0] if text else 0.0 for line, text in zip(found, texts, strict=True)]
        return _Read("".join(texts), float(np.mean(scores)))


def _longest(lines: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    return sorted(lines, key=_length, reverse=True)[:_NUM_ASKED]


def _length(line: NDArray[np.uint8]) -> int:
    return int(max(line.shape[:2]))


def _cut_out(page: NDArray[np.uint8], corners: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The quadrilateral between four corners, clockwise from its upper left, as a rectangle."""
    import cv2

    upper_left, upper_right, _, lower_left = corners
    width = max(1, round(float(np.linalg.norm(upper_right - upper_left))))
    height = max(1, round(float(np.linalg.norm(lower_left - upper_left))))
    onto = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    frame = cv2.getPerspectiveTransform(corners, onto)
    line = cv2.warpPerspective(page, frame, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(line, np.uint8)
