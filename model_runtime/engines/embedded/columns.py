"""Reading order by recursive XY-cut: bands of white space across the page, gutters down it.

After Nagy and Seth, "Hierarchical representation of optically scanned documents" (ICPR 1984), with one change. The
plain cut takes the widest white space and so sews columns together wherever their paragraphs end at the same height.
Here neighbouring bands stay together as long as one gutter runs through all of them, and are cut along it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from model_runtime.engines.embedded.rect import Rect

MIN_GUTTER_EM = 0.7
MIN_COLUMN_EM = 6
"""Narrower than this on either side of a gutter are the columns of a table, which are read in rows."""
MIN_COLUMN_FILL = 0.4
"""Most of a column stands in lines of at least this share of its width; the cells of a table do not."""
MAX_DEPTH = 16
"""Deeper than any page is nested; what is left then is read from top to bottom."""
MAX_BANDS = 400
"""More than fit on a page in readable size: they are read from top to bottom."""
MAX_GAPS = 20
"""Of one band, the widest: no page has more columns."""
MAX_LEADING = 12
"""So many bands on one side may stand above the first that has a gutter."""
NEARER = 1.3
"""A band on one side belongs to its neighbour beyond the run when the other one is this many times as far away."""
CORE = 0.2
"""This share of a box at its top and its bottom is left out when bands are looked for: neighbouring lines may touch."""

Interval = tuple[float, float]


class Band(NamedTuple):
    """Boxes that stand side by side, and the white space between and around them."""

    members: list[int]
    top: float
    bottom: float
    free: list[Interval]


class Run(NamedTuple):
    """The bands from `start` up to `stop`, and the gutters that run down all of them."""

    start: int
    stop: int
    gutters: list[Interval]


def regions(boxes: Sequence[Rect], em: float) -> list[list[int]]:
    """Indices of `boxes` in regions without columns, both in reading order; `em` is the size of the text in points."""
    return _cut(boxes, list(range(len(boxes))), em, MAX_DEPTH)


def _cut(boxes: Sequence[Rect], members: list[int], em: float, depth: int) -> list[list[int]]:
    """First the bands over columns, then each of the columns, then the bands below."""
    bands = _bands(boxes, members, em) if members else []
    if len(members) < 2 or not depth or len(bands) > MAX_BANDS:
        return [_downwards(boxes, members)] if members else []
    ordered: list[list[int]] = []
    done = 0
    for run, columns in _runs_with_columns(boxes, bands, em):
        ordered += _plain(boxes, bands[done : run.start])
        for column in columns:
            ordered += _cut(boxes, column, em, depth - 1)
        done = run.stop
    return [*ordered, *_plain(boxes, bands[done:])]


def _plain(boxes: Sequence[Rect], bands: list[Band]) -> list[list[int]]:
    return [_downwards(boxes, _members(bands))] if bands else []


def _members(bands: list[Band]) -> list[int]:
    return [member for band in bands for member in band.members]


def _downwards(boxes: Sequence[Rect], members: list[int]) -> list[int]:
    return sorted(members, key=lambda member: (boxes[member].y0, boxes[member].x0))


def _bands(boxes: Sequence[Rect], members: list[int], em: float) -> list[Band]:
    bands: list[Band] = []
    group: list[int] = []
    bottom = -inf
    for member in sorted(members, key=lambda each: _core(boxes[each])[0]):
        core_top, core_bottom = _core(boxes[member])
        if group and core_top >= bottom:
            bands.append(_band(boxes, group, em))
            group = []
            bottom = -inf
        group.append(member)
        bottom = max(bottom, core_bottom)
    return [*bands, _band(boxes, group, em)]


def _core(box: Rect) -> Interval:
    return box.y0 + CORE * box.height, box.y1 - CORE * box.height


def _band(boxes: Sequence[Rect], members: list[int], em: float) -> Band:
    free: list[Interval] = []
    right = -inf
    for member in sorted(members, key=lambda each: boxes[each].x0):
        if boxes[member].x0 - right >= MIN_GUTTER_EM * em:
            free.append((right, boxes[member].x0))
        right = max(right, boxes[member].x1)
    top, bottom = min(boxes[each].y0 for each in members), max(boxes[each].y1 for each in members)
    widest = sorted(free[1:], key=lambda interval: interval[0] - interval[1])[:MAX_GAPS]
    return Band(members, top, bottom, [free[0], *sorted(widest), (right, inf)])


def _runs_with_columns(boxes: Sequence[Rect], bands: list[Band], em: float) -> list[tuple[Run, list[list[int]]]]:
    """The highest runs that are columns, from top to bottom, none within another."""
    chosen: list[tuple[Run, list[list[int]]]] = []
    parts = [(0, len(bands))]
    while parts:
        part = parts.pop()
        found = None
        for within in (False, True):
            found = found or _highest(boxes, bands, _runs(bands, part, em, within=within), em)
        if found:
            chosen.append(found)
            parts += [(part[0], found[0].start), (found[0].stop, part[1])]
    return sorted(chosen, key=lambda each: each[0].start)


def _highest(
    boxes: Sequence[Rect], bands: list[Band], runs: Iterable[Run], em: float
) -> tuple[Run, list[list[int]]] | None:
    for run in sorted(runs, key=lambda each: bands[each.start].top - bands[each.stop - 1].bottom):
        for gutter in sorted(run.gutters, key=lambda each: each[0] - each[1]):
            middle = (gutter[0] + gutter[1]) / 2
            trimmed = _trimmed(boxes, bands, run, middle)
            columns = _columns(boxes, _members(bands[trimmed.start : trimmed.stop]), middle)
            if all(_is_column(boxes, column, em) for column in columns):
                return trimmed, columns
    return None


def _runs(bands: list[Band], part: tuple[int, int], em: float, *, within: bool) -> Iterator[Run]:
    """From each band on, as far down as some gutter reaches; `within` lists parts of a run that reaches the end too."""
    first, last = part
    for start in range(first, last):
        free = bands[start].free
        stop = start + 1
        while stop < last and (shared := _shared(free, bands[stop].free, em)):
            has_gutter = any(map(_is_inner, free))
            if not any(map(_is_inner, shared)) and (has_gutter or stop - start >= MAX_LEADING):
                break
            free, stop = shared, stop + 1
        gutters = [interval for interval in free if _is_inner(interval)]
        if gutters:
            yield Run(start, stop, gutters)
            if stop == last and not within:
                return


def _is_inner(interval: Interval) -> bool:
    return interval[0] != -inf and interval[1] != inf


def _shared(first: list[Interval], second: list[Interval], em: float) -> list[Interval]:
    crossed = ((max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second)
    return [(left, right) for left, right in crossed if right - left >= MIN_GUTTER_EM * em]


def _trimmed(boxes: Sequence[Rect], bands: list[Band], run: Run, middle: float) -> Run:
    """`run` without first and last bands that stand on one side only and closer to what is above or below the run."""
    start, stop = run.start, run.stop
    while start + 1 < stop and start and _is_one_sided(boxes, bands[start], middle):
        if _gap(bands, start + 1) <= NEARER * _gap(bands, start):
            break
        start += 1
    while start + 1 < stop < len(bands) and _is_one_sided(boxes, bands[stop - 1], middle):
        if _gap(bands, stop - 1) <= NEARER * _gap(bands, stop):
            break
        stop -= 1
    return run._replace(start=start, stop=stop)


def _gap(bands: list[Band], below: int) -> float:
    return max(0.0, bands[below].top - bands[below - 1].bottom)


def _is_one_sided(boxes: Sequence[Rect], band: Band, middle: float) -> bool:
    return not all(_columns(boxes, band.members, middle))


def _columns(boxes: Sequence[Rect], members: list[int], middle: float) -> list[list[int]]:
    """What stands left of the gutter around `middle`, and what right of it."""
    left = [member for member in members if boxes[member].x1 <= middle]
    return [left, [member for member in members if boxes[member].x1 > middle]]


def _is_column(boxes: Sequence[Rect], members: list[int], em: float) -> bool:
    if not members:
        return False
    width = max(boxes[each].x1 for each in members) - min(boxes[each].x0 for each in members)
    widths = [boxes[each].width for each in members]
    filling = sum(each for each in widths if each >= MIN_COLUMN_FILL * width)
    return width >= MIN_COLUMN_EM * em and filling >= 0.5 * sum(widths)
