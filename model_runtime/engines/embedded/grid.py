"""Ruling lines made into tables of cells, spans included.

Lines that cross or touch make one table. Its rows and columns lie between the places at which lines run; a cell is the
largest rectangle of these that no line divides.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model_runtime.engines.embedded.rect import Rect

SNAP_PT = 2.5
"""Lines closer than this run at one place: the two edges of a thick line, the strokes of a double one."""
TOUCH_PT = 4.0
"""Lines that end this short of one another still meet."""
MIN_WALL = 0.6
"""A side of a cell is drawn when lines cover this much of it; a scan breaks them."""
MAX_LINES = 2000
"""Of either direction; a page with more is a drawing, and its rulings are left alone."""


class Stroke(NamedTuple):
    """A ruling line: its place across its direction, and where it begins and ends along it."""

    place: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows and columns count from 0; `num_rows` and `num_columns` are the cell's spans."""

    row: int
    column: int
    num_rows: int
    num_columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table. `xs` and `ys` are the places of its lines in points.

    `owner` has shape (rows, columns) and holds indices into `cells`.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Cell, ...]
    owner: NDArray[np.intp]

    @property
    def rect(self) -> Rect:
        return Rect(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def cell_at(self, point: tuple[float, float]) -> int | None:
        """Index of the cell that holds the point, None outside of the table."""
        column, row = bisect_right(self.xs, point[0]) - 1, bisect_right(self.ys, point[1]) - 1
        rows, columns = self.owner.shape
        return int(self.owner[row, column]) if 0 <= row < rows and 0 <= column < columns else None


def grids(rulings: Iterable[Rect]) -> list[Grid]:
    """Every table of two cells or more, from top to bottom."""
    horizontal: list[Stroke] = []
    vertical: list[Stroke] = []
    for rect in rulings:
        if rect.width >= rect.height:
            horizontal.append(Stroke(rect.center[1], rect.x0, rect.x1))
        else:
            vertical.append(Stroke(rect.center[0], rect.y0, rect.y1))
    if not (1 < len(horizontal) <= MAX_LINES and 0 < len(vertical) <= MAX_LINES):
        return []
    tables = (_grid(*part) for part in _connected(_mended(horizontal), _mended(vertical)))
    return sorted((table for table in tables if table and len(table.cells) > 1), key=lambda table: table.ys[0])


def _mended(strokes: list[Stroke]) -> list[Stroke]:
    """Strokes moved to their common places, and those that touch in one line made one."""
    mended: list[Stroke] = []
    for group in _clusters(strokes):
        place = sum(stroke.place for stroke in group) / len(group)
        current: Stroke | None = None
        for stroke in sorted(group, key=lambda each: each.start):
            if current is None or stroke.start > current.end + TOUCH_PT:
                mended += [current] if current else []
                current = Stroke(place, stroke.start, stroke.end)
            else:
                current = current._replace(end=max(current.end, stroke.end))
        mended += [current] if current else []
    return mended


def _clusters(strokes: list[Stroke]) -> list[list[Stroke]]:
    clusters: list[list[Stroke]] = []
    for stroke in sorted(strokes):
        if clusters and stroke.place - clusters[-1][0].place <= SNAP_PT:
            clusters[-1].append(stroke)
        else:
            clusters.append([stroke])
    return clusters


def _connected(horizontal: list[Stroke], vertical: list[Stroke]) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Horizontal and vertical strokes that meet, directly or through others."""
    h, v = np.array(horizontal), np.array(vertical)
    meets = (
        (h[:, None, 1] - TOUCH_PT <= v[None, :, 0])
        & (v[None, :, 0] <= h[:, None, 2] + TOUCH_PT)
        & (v[None, :, 1] - TOUCH_PT <= h[:, None, 0])
        & (h[:, None, 0] <= v[None, :, 2] + TOUCH_PT)
    )
    parts = []
    unseen = meets.any(axis=1)
    while unseen.any():
        rows: NDArray[np.bool_] = np.arange(len(h)) == unseen.argmax()
        columns: NDArray[np.bool_] = np.any(meets[rows], axis=0)
        while (grown := np.any(meets[:, columns], axis=1)).sum() > rows.sum():
            rows, columns = grown, np.any(meets[grown], axis=0)
        unseen &= ~rows
        parts.append(([horizontal[i] for i in np.flatnonzero(rows)], [vertical[i] for i in np.flatnonzero(columns)]))
    return parts


def _grid(horizontal: list[Stroke], vertical: list[Stroke]) -> Grid | None:
    xs = _places(vertical, horizontal)
    ys = _places(horizontal, vertical)
    if len(xs) < 2 or len(ys) < 2:
        return None
    cells, owner = _cells(walls_below=_walls(ys, xs, horizontal), walls_right=_walls(xs, ys, vertical).T)
    return Grid(tuple(xs), tuple(ys), cells, owner)


def _places(strokes: list[Stroke], crossing: list[Stroke]) -> list[float]:
    """Where strokes run, and where those that cross them end beyond: the side of a table that is left open."""
    places = sorted({stroke.place for stroke in strokes})
    start, end = (min(each.start for each in crossing), max(each.end for each in crossing))
    if sum(each.start <= start + TOUCH_PT for each in crossing) > 1 and start < places[0] - 2 * TOUCH_PT:
        places.insert(0, start)
    if sum(each.end >= end - TOUCH_PT for each in crossing) > 1 and end > places[-1] + 2 * TOUCH_PT:
        places.append(end)
    return places


def _walls(places: Sequence[float], marks: Sequence[float], strokes: list[Stroke]) -> NDArray[np.bool_]:
    """Whether a line runs at place p between marks m and m + 1; shape (places, marks - 1)."""
    starts, ends = np.array(marks[:-1]), np.array(marks[1:])
    covered = np.zeros((len(places), len(starts)))
    row_of = {place: row for row, place in enumerate(places)}
    for stroke in strokes:
        shared = np.minimum(ends, stroke.end) - np.maximum(starts, stroke.start)
        covered[row_of[stroke.place]] += np.clip(shared, 0, None)
    return np.asarray(covered >= MIN_WALL * (ends - starts))


def _cells(walls_below: NDArray[np.bool_], walls_right: NDArray[np.bool_]) -> tuple[tuple[Cell, ...], NDArray[np.intp]]:
    """Cells in row-major order. `walls_below` has shape (rows + 1, columns), `walls_right` (rows, columns + 1)."""
    num_rows, num_columns = walls_right.shape[0], walls_below.shape[1]
    owner = np.full((num_rows, num_columns), -1, dtype=np.intp)
    cells: list[Cell] = []
    for row in range(num_rows):
        for column in range(num_columns):
            if owner[row, column] < 0:
                cell = _cell_from(row, column, owner, walls_below, walls_right)
                owner[row : row + cell.num_rows, column : column + cell.num_columns] = len(cells)
                cells.append(cell)
    return tuple(cells), owner


def _cell_from(
    row: int,
    column: int,
    owner: NDArray[np.intp],
    walls_below: NDArray[np.bool_],
    walls_right: NDArray[np.bool_],
) -> Cell:
    num_rows, num_columns = owner.shape
    right = column + 1
    while right < num_columns and not walls_right[row, right] and owner[row, right] < 0:
        right += 1
    bottom = row + 1
    while bottom < num_rows and not walls_below[bottom, column:right].any() and (owner[bottom, column:right] < 0).all():
        bottom += 1
    return Cell(row, column, bottom - row, right - column)
