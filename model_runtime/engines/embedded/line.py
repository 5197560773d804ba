"""Pieces of text joined into lines, never across a gutter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from model_runtime.engines.embedded.rect import Rect, around
from model_runtime.engines.embedded.sheet import Piece

NEXT_IN_ORDER_EM = 1.5
"""Pieces that follow one another in the PDF's own order belong to one line up to this gap."""
STRAY_EM = 0.35
"""Other pieces only up to this one: a word space, never a gutter."""
STRAY_STEP_PT = 8.0
"""The middles of two such pieces lie no further apart than this."""
LOOK_BACK = 16
"""So many of them at one height are looked at: more than a line has parts."""
SCRIPT_SIZE = 0.9
"""Raised and lowered signs are at least this much smaller than their line."""
SCRIPT_SHIFT_EM = 0.7
WORD_SPACE_EM = 0.14
"""A narrower gap parts letters, not words."""


@dataclass(frozen=True)
class Line:
    """Pieces on one baseline, from left to right."""

    pieces: tuple[Piece, ...]

    @cached_property
    def rect(self) -> Rect:
        return around(piece.rect for piece in self.pieces) if len(self.pieces) > 1 else self.pieces[0].rect

    @cached_property
    def size(self) -> float:
        """The size of its longest piece; a raised number does not count."""
        return max(self.pieces, key=lambda piece: len(piece.text)).size

    @cached_property
    def text(self) -> str:
        written = self.pieces[0].text
        for left, right in zip(self.pieces, self.pieces[1:], strict=False):
            written += (" " if _parted(left, right) else "") + right.text
        return " ".join(written.split())

    @cached_property
    def bold(self) -> bool:
        return self._mostly(lambda piece: piece.bold)

    @cached_property
    def italic(self) -> bool:
        return self._mostly(lambda piece: piece.italic)

    @cached_property
    def monospaced(self) -> bool:
        return self._mostly(lambda piece: piece.monospaced)

    def _mostly(self, style: Callable[[Piece], bool]) -> bool:
        if len(self.pieces) == 1:
            return style(self.pieces[0])
        styled = sum(len(piece.text) for piece in self.pieces if style(piece))
        return styled >= 0.9 * sum(len(piece.text) for piece in self.pieces)


def fragments(pieces: Sequence[Piece], *, in_order: bool) -> list[Line]:
    """The parts of lines that surely belong together, whatever the columns turn out to be.

    `in_order` says that the pieces come in the order in which they were written, and not in that of their places.
    """
    runs: list[list[Piece]] = []
    for piece in pieces:
        if in_order and runs and _continues(runs[-1][-1], piece, NEXT_IN_ORDER_EM):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return _with_strays(runs)


def rows(lines: Iterable[Line]) -> list[Line]:
    """One line for all that stands on one height, from top to bottom."""
    grouped: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: each.rect.y0 + each.rect.y1):
        if grouped and grouped[-1][0].rect.shares_height(line.rect) >= 0.5:
            grouped[-1].append(line)
        else:
            grouped.append([line])
    return [one_line(group) for group in grouped]


def one_line(lines: Sequence[Line]) -> Line:
    """The pieces of all of them, from left to right."""
    if len(lines) == 1:
        return lines[0]
    return Line(tuple(sorted((piece for line in lines for piece in line.pieces), key=lambda each: each.rect.x0)))


def _with_strays(runs: list[list[Piece]]) -> list[Line]:
    """Runs that the PDF drew out of order, such as a word in another font, put where they stand."""
    at_height: dict[int, list[list[Piece]]] = {}
    joined: list[list[Piece]] = []
    for run in sorted(runs, key=lambda each: each[0].rect.x0):
        height = int(run[0].rect.center[1] // STRAY_STEP_PT)
        near = (left for step in (height - 1, height, height + 1) for left in at_height.get(step, [])[-LOOK_BACK:])
        left = next((left for left in near if _continues(left[-1], run[0], STRAY_EM)), None)
        if left is not None:
            left += run
            continue
        started = list(run)
        joined.append(started)
        at_height.setdefault(height, []).append(started)
    return [Line(tuple(run)) for run in joined]


def _continues(left: Piece, right: Piece, max_gap_em: float) -> bool:
    em = max(left.size, right.size)
    gap = right.rect.x0 - left.rect.x1
    if not -0.5 * em <= gap <= max_gap_em * em:
        return False
    return left.rect.shares_height(right.rect) >= 0.5 or _is_script(left, right, em)


def _is_script(left: Piece, right: Piece, em: float) -> bool:
    """Whether one of them is a raised or a lowered sign of the other: smaller, and close to its upper or lower edge."""
    smaller = min(left.size, right.size)
    apart = abs(left.rect.center[1] - right.rect.center[1])
    return smaller < SCRIPT_SIZE * em and apart <= SCRIPT_SHIFT_EM * em


def _parted(left: Piece, right: Piece) -> bool:
    return right.rect.x0 - left.rect.x1 > WORD_SPACE_EM * min(left.size, right.size)
