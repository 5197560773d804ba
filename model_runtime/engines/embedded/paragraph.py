"""Lines of one column parted into paragraphs: by white space, style, indentation and what they begin with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from model_runtime.engines.embedded.line import Line
from model_runtime.engines.embedded.rect import Rect, around
from model_runtime.engines.embedded.sheet import typical

INDENT_EM = 0.8
SHORT_LINE = 0.85
"""A line that ends before this share of the column's width may be the last of its paragraph."""
WIDE_PITCH = 1.22
"""Lines further apart than this many times the usual distance belong to different paragraphs."""
_ENDED = re.compile(r"[.!?:;。！？：；…][\"'”’)\]]*$")
# Fonts without Unicode values give their bullets control characters or the private use area.
_BULLET = re.compile(r"(?:[•‣◦▪●■○∙·*\x01-\x08\x0e-\x1f\ue000-\uf8ff]|[-–—](?=\s))\s*")
_ENUMERATOR = re.compile(r"(?:\(?\d{1,2}[.)]|\([a-z]{1,4}\)|[a-z]\))\s+|[（(][一二三四五六七八九十\d]+[）)]")
_CAPTION = re.compile(
    r"(?P<kind>fig(?:ure|\.)?|table|tab\.|图|表)\s*(?:S?\d+(?:\.\d+)*|[IVX]+\b)\s*(?P<mark>[.:：|—–-]?)", re.IGNORECASE
)


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together, from top to bottom."""

    lines: tuple[Line, ...]

    @cached_property
    def rect(self) -> Rect:
        return around(line.rect for line in self.lines)

    @property
    def size(self) -> float:
        return max(self.lines, key=lambda line: len(line.text)).size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def italic(self) -> bool:
        return all(line.italic for line in self.lines)

    @property
    def monospaced(self) -> bool:
        return all(line.monospaced for line in self.lines)


@dataclass(frozen=True, slots=True)
class Column:
    """What is usual in a column: its edges, the distance from line to line, and how exact sizes are."""

    left: float
    right: float
    pitch: float
    size_tolerance: float

    @classmethod
    def of(cls, lines: Sequence[Line], size_tolerance: float) -> Column:
        """Measured over all lines of the column, from top to bottom."""
        em = typical([line.size for line in lines], 10.0)
        pitches = [_pitch(above, below) for above, below in pairwise(lines)]
        usual = typical([pitch for pitch in pitches if 0.8 * em < pitch < 2.2 * em], 1.2 * em)
        close = [pitch for pitch in pitches if 0.8 * em < pitch <= 1.1 * usual]
        rect = around(line.rect for line in lines)
        return cls(rect.x0, rect.x1, typical(close, usual), size_tolerance)


def paragraphs(lines: Sequence[Line], column: Column) -> list[Paragraph]:
    """`lines` come from top to bottom, one for each height."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _begins(line, groups[-1], column):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Paragraph(tuple(group)) for group in groups]


def list_marker(text: str) -> str | None:
    """The bullet or number that `text` begins with, with the space behind it."""
    found = _BULLET.match(text) or _ENUMERATOR.match(text)
    return found.group() if found and found.end() < len(text) else None


def caption_kind(text: str) -> tuple[str, bool] | None:
    """("image" or "table", whether a mark follows its number) where `text` begins as a caption does."""
    found = _CAPTION.match(text)
    if found is None:
        return None
    kind = "table" if found["kind"].lower().startswith("tab") or found["kind"] == "表" else "image"
    return kind, bool(found["mark"])


def _begins(line: Line, group: list[Line], column: Column) -> bool:
    """Whether `line` begins a paragraph and does not continue the one of `group`."""
    above = group[-1]
    if line.monospaced and above.monospaced:
        return _pitch(above, line) > 2.5 * column.pitch
    return (
        _differs(line, above, column)
        or _pitch(above, line) > WIDE_PITCH * max(column.pitch, line.size, above.size)
        or _marked(line, above, column)
        or _indented(line, group)
        or (_is_short(above, column) and _ENDED.search(above.text) is not None)
    )


def _differs(line: Line, above: Line, column: Column) -> bool:
    smaller, larger = sorted((line.size, above.size))
    return (
        larger > (1 + column.size_tolerance) * smaller or line.bold != above.bold or line.monospaced != above.monospaced
    )


def _marked(line: Line, above: Line, column: Column) -> bool:
    """A bullet always begins an item, a number only where the line above may have ended: years end sentences too."""
    if _BULLET.match(line.text):
        return True
    caption = caption_kind(line.text)
    if caption is not None and caption[1]:
        return True
    may_end = _ENDED.search(above.text) is not None or _is_short(above, column)
    return may_end and list_marker(line.text) is not None


def _indented(line: Line, group: list[Line]) -> bool:
    """Whether the line steps in behind flush lines, or out behind indented ones; a list item hangs its lines."""
    step = line.rect.x0 - group[-1].rect.x0
    if abs(step) <= INDENT_EM * line.size or _is_centered(line, group[-1]):
        return False
    if step > 0:
        return list_marker(group[0].text) is None
    return len(group) > 1


def _is_centered(line: Line, above: Line) -> bool:
    return abs(line.rect.center[0] - above.rect.center[0]) < 0.5 * line.size


def _is_short(line: Line, column: Column) -> bool:
    return line.rect.x1 - column.left < SHORT_LINE * (column.right - column.left)


def _pitch(above: Line, below: Line) -> float:
    return below.rect.center[1] - above.rect.center[1]
