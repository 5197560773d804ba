"""The text between the det tokens, read as boxes. Nothing is evaluated; all that is taken from it are short numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from model_runtime.box import GRID, GridBox

_FOUR = r"\[[0-9]{1,3}(?:,\ ?[0-9]{1,3}){3}\]"
_USUAL = re.compile(rf"\[{_FOUR}(?:,\ ?{_FOUR})*+\]")
_WHOLE_NUMBER = re.compile(r"[0-9]+")
_BETWEEN_BRACKETS = re.compile(r"[^\[\]]+")
_SEPARATOR = re.compile(r"[\s,]+")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,6}(?:\.[0-9]{0,32})?|\.[0-9]{1,32})")
"""ASCII digits only, and few enough of them for a float: longer numbers mean nothing on a grid of 1000 lines."""
_MAX_BOXES = 1000
"""Of one tag; a whole page of lines has about a hundred."""
_MAX_NOTES = 8
_MAX_QUOTED = 40


def boxes_in(text: str) -> tuple[tuple[GridBox, ...], tuple[str, ...]]:
    """The boxes written in `text`, in its order, and a note for each oddity.

    A box that lies off the grid is moved onto it, corners in the wrong order change places, decimals are rounded; what
    is not four numbers is dropped, and so is what follows the first thousand boxes.
    """
    is_usual = _USUAL.fullmatch(text) is not None
    if is_usual and text.count("[") <= _MAX_BOXES:
        boxes = _boxes_of([int(number) for number in _WHOLE_NUMBER.findall(text)])
        if boxes is not None:
            return boxes, ()
    return _boxes_in_unusual(text, is_usual)


def quoted(text: str) -> str:
    """The beginning of `text` for a note."""
    return repr(text if len(text) <= _MAX_QUOTED else text[:_MAX_QUOTED] + "…")


def _boxes_of(numbers: Sequence[int]) -> tuple[GridBox, ...] | None:
    """Four numbers each; None where a box is out of order or has no area and so needs a note."""
    fours = list(zip(numbers[0::4], numbers[1::4], numbers[2::4], numbers[3::4], strict=True))
    if any(x0 >= x1 or y0 >= y1 for x0, y0, x1, y1 in fours):
        return None
    return tuple(GridBox(*four) for four in fours)


def _boxes_in_unusual(text: str, is_usual: bool) -> tuple[tuple[GridBox, ...], tuple[str, ...]]:
    boxes: list[GridBox] = []
    notes: list[str] = []
    pieces = (found[0] for found in _BETWEEN_BRACKETS.finditer(text))
    for piece, words in islice(_with_words(pieces), _MAX_BOXES):
        box, remarks = _box_of(words, piece)
        boxes += [box] if box else []
        notes += remarks
    if any(True for _ in _with_words(pieces)):
        notes.insert(0, f"boxes of the tag after the first {_MAX_BOXES} were dropped")
    if not boxes and not notes:
        return (), ("the tag names no box",)
    if not notes and not is_usual:
        notes.append(f"the box text {quoted(text)} is not written as usual")
    return tuple(boxes), _few(list(dict.fromkeys(notes)))


def _with_words(pieces: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    """The pieces that hold more than separators, with their words."""
    for piece in pieces:
        words = [word for word in _SEPARATOR.split(piece) if word]
        if words:
            yield piece, words


def _few(notes: list[str]) -> tuple[str, ...]:
    if len(notes) <= _MAX_NOTES:
        return tuple(notes)
    return (*notes[:_MAX_NOTES], f"the tag's boxes have {len(notes) - _MAX_NOTES} more oddities")


def _box_of(words: list[str], piece: str) -> tuple[GridBox | None, list[str]]:
    """The box, or None for one that is dropped, and what there is to say of it."""
    if len(words) != 4 or not all(_NUMBER.fullmatch(word) for word in words):
        return None, [f"the box {quoted(piece)} is not four numbers and was dropped"]
    remarks = []
    written = [round(float(word)) for word in words]
    x0, y0, x1, y1 = (min(GRID, max(0, number)) for number in written)
    if [x0, y0, x1, y1] != written:
        remarks.append(f"the box {quoted(piece)} lies off the grid and was moved onto it")
    if x0 > x1 or y0 > y1:
        remarks.append(f"the corners of the box {quoted(piece)} change places")
    box = GridBox(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    if x0 == x1 or y0 == y1:
        remarks.append(f"the box {quoted(piece)} has no area")
    return box, remarks
