"""Endless repetition in a transcript: found, measured and cut out. Free of torch, in linear time.

A page repeats itself too: rows of empty cells, lines of underscores, a sheet of equal labels. So what counts as a loop
depends on what is repeated; the numbers below are more than a page can hold.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

_LONGEST_PERIOD = 2000
_MIN_CHARS = 400
"""Of a loop as a whole."""
_MAX_COPIES_OF_WORDS = 40
_MAX_CHARS_OF_WORDS = 4000
_MIN_COPIES_OF_WORDS = 4
_MIN_COPIES_OF_CELLS = 200
"""Equal cells in one row, or equal lines of a form."""
_MIN_COPIES_OF_ROWS = 400
_MIN_CHARS_OF_FILLER = 1000
"""Underscores, dots and the like without a line break."""
_GOES_ON = 400
"""A loop that is cut while it is written ends the page: one that the model may leave by itself is let go on."""

_STEP = 101  # a prime: whatever the period, the places looked at fall on different parts of what is repeated
_WINDOW = 24
_MAX_TRIES = 16
_REACH = 120
"""A loop of `_MIN_CHARS` in four copies is the same one period later for 150 characters behind or before any place."""

BOXES = re.compile(r"<\|det\|>[\s\d.,\[\]-]{0,200}<\|/det\|>")
"""Loops often count on in the boxes, so these are not compared. Numbers without an end are no boxes."""
_CELL = re.compile(r"</?t[dhr]\b")
_FILLER = re.compile(r"[\W_]{5}")
_WORDS = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Repetition:
    """What stands between `start` and `end` is `count` times the same, boxes aside, and may break off in the next copy.

    `first_end` is where the first copy ends. All are offsets in the transcript.
    """

    start: int
    first_end: int
    end: int
    count: int


def repetitions_in(transcript: str) -> tuple[Repetition, ...]:
    """The loops of a transcript, in order, none inside another. A table or a form that repeats itself is no loop."""
    text, offsets = _without_boxes(transcript)
    return tuple(
        Repetition(offsets.original(start), offsets.original(start + period), offsets.original(end), count)
        for start, end, period, count in _loops(text)
    )


def without_repetitions(transcript: str, repetitions: tuple[Repetition, ...]) -> str:
    """The transcript with one copy of everything that was repeated."""
    kept, done = [], 0
    for each in repetitions:
        kept.append(transcript[done : each.first_end])
        done = each.end
    return "".join((*kept, transcript[done:]))


def ends_in_loop(text: str) -> bool:
    """Whether a text without boxes ends in a loop, and has gone on in it for so long that it will not come out again.

    That is `_GOES_ON` characters more than it takes to be one.
    """
    place = len(text) - _WINDOW
    if place < _WINDOW:
        return False
    window, again = text[place:], place
    for _ in range(_MAX_TRIES):
        again = text.rfind(window, max(0, place - _LONGEST_PERIOD), again + _WINDOW - 1)
        if again < 0:
            return False
        period = place - again
        start = again - _equal_before(text, again, period, 0)
        if _is_loop(text, start, len(text) - _GOES_ON, period):
            return True
    return False


def _loops(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Start, end, period and number of whole copies of each."""
    harmless: dict[int, int] = {}
    place = done = 0
    while place + _WINDOW < len(text):
        found = _loop_at(text, place, done, harmless)
        if found is None:
            place += _STEP
            continue
        start, end, period = found
        yield start, end, period, (end - start) // period
        place = done = end


def _loop_at(text: str, place: int, done: int, harmless: dict[int, int]) -> tuple[int, int, int] | None:
    """Start, end and period of the loop around a place.

    The window there comes again one period later, in a loop as in harmless stretches that are periodic; `harmless`
    holds, by period, where the last of these ends, so that none is measured twice.
    """
    window = text[place : place + _WINDOW]
    horizon = place + _LONGEST_PERIOD + _WINDOW
    again = place
    for _ in range(_MAX_TRIES):
        again = text.find(window, again + 1, horizon)
        if again < 0:
            return None
        period = again - place
        if again + _WINDOW <= harmless.get(period, 0) or not _may_be_long(text, place, again):
            continue
        start, end = place - _equal_before(text, place, period, done), again + _equal_after(text, place, period)
        if _is_loop(text, start, end, period):
            return start, end, period
        harmless[period] = end
    return None


def _may_be_long(text: str, place: int, again: int) -> bool:
    """Whether the text is the same for a while, behind both places or before them, as it is anywhere in a loop."""
    after, before = text[place : place + _REACH], text[max(0, place - _REACH) : place]
    return text.startswith(after, again) or text.endswith(before, 0, again)


def _equal_after(text: str, place: int, period: int) -> int:
    """How many characters from `place` on are the same one period later."""
    count, stride, longest = 0, _WINDOW, len(text) - place - period
    while stride:
        first = place + count
        if count + stride <= longest and text.startswith(text[first : first + stride], first + period):
            count += stride
            stride *= 2
        else:
            stride //= 2
    return count


def _equal_before(text: str, place: int, period: int, done: int) -> int:
    """How many characters before `place`, and not before `done`, are the same one period later."""
    count, stride, longest = 0, _WINDOW, place - done
    while stride:
        first = place - count - stride
        if count + stride <= longest and text.startswith(text[first : first + stride], first + period):
            count += stride
            stride *= 2
        else:
            stride //= 2
    return count


def _is_loop(text: str, start: int, end: int, period: int) -> bool:
    unit = text[start : start + period]
    return end - start >= _MIN_CHARS and (end - start) // period >= _least_copies(unit)


def _least_copies(unit: str) -> int:
    """How often `unit` must stand in a row to be more than a page can hold."""
    if _CELL.search(unit):
        return _MIN_COPIES_OF_ROWS if "<tr" in unit else _MIN_COPIES_OF_CELLS
    if not _WORDS.search(unit) and "\n" not in unit:
        return math.ceil(_MIN_CHARS_OF_FILLER / len(unit))
    if not _WORDS.search(unit) or _FILLER.search(unit):
        return _MIN_COPIES_OF_CELLS
    return max(_MIN_COPIES_OF_WORDS, min(_MAX_COPIES_OF_WORDS, math.ceil(_MAX_CHARS_OF_WORDS / len(unit))))


class _Offsets:
    """From places in a text without its boxes to places in the text with them."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._removed = list(accumulate((end - start for start, end in spans), initial=0))
        self._places = [start - removed for (start, _), removed in zip(spans, self._removed, strict=False)]

    def original(self, place: int) -> int:
        """Boxes that stand at the place itself belong to what comes behind it."""
        return place + self._removed[bisect_right(self._places, place - 1)]


def _without_boxes(transcript: str) -> tuple[str, _Offsets]:
    spans = [found.span() for found in BOXES.finditer(transcript)] if "<|det|>" in transcript else []
    kept, done = [], 0
    for start, end in spans:
        kept.append(transcript[done:start])
        done = end
    return "".join((*kept, transcript[done:])), _Offsets(spans)
