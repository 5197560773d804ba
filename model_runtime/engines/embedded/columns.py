"""Reading order by recursive XY-cut: bands of white space across the page, gutters down it.

After Nagy and Seth, "Hierarchical representation of optically scanned documents" (ICPR 1984), with one change. The
plain cut takes the widest white space and so sews columns together wherever their paragraphs end at the same height.
Here neighbouring bands stay together as long as one gutter runs through all of them, and are cut along it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
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
CORE = 0.2
"""This share of a box at its top and its bottom is left out when bands are looked for: neighbouring lines may touch."""

Interval = tuple[float, float]


class Band(NamedTuple):
    """Boxes that stand side by side, and the white space between and around them."""

    members: list[int]
    top: float
    bottom: float
    free: list[Interval]


class Group(NamedTuple):
    """Neighbouring bands, and the white space that runs through all of them."""

    bands: list[Band]
    free: list[Interval]

    @property
    def has_gutter(self) -> bool:
        return any(left != -inf and right != inf for left, right in self.free)

    @property
    def members(self) -> list[int]:
        return [member for band in self.bands for member in band.members]


def regions(boxes: Sequence[Rect], em: float) -> list[list[int]]:
    """Indices of `boxes` in regions without columns, both in reading order; `em` is the size of the text in points."""
    return _cut(boxes, list(range(len(boxes))), em, MAX_DEPTH)


def _cut(boxes: Sequence[Rect], members: list[int], em: float, depth: int) -> list[list[int]]:
    if len(members) < 2 or not depth:
        return [_downwards(boxes, members)] if members else []
    ordered: list[list[int]] = []
    plain: list[int] = []
    for group in _groups(_bands(boxes, members, em), em):
        columns = _columns(boxes, group, em) if group.has_gutter else None
        if columns is None:
            plain += group.members
            continue
        if plain:
            ordered.append(_downwards(boxes, plain))
            plain = []
        for column in columns:
            ordered += _cut(boxes, column, em, depth - 1)
    return [*ordered, _downwards(boxes, plain)] if plain else ordered


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
    return Band(members, top, bottom, [*free, (right, inf)])


def _groups(bands: list[Band], em: float) -> list[Group]:
    """Runs of bands that share a gutter, and runs of bands without one."""
    groups = [Group([bands[0]], bands[0].free)]
    for above, band in pairwise(bands):
        shared = _shared(groups[-1].free, band.free, em)
        joined = Group([*groups[-1].bands, band], shared)
        if joined.has_gutter or not (groups[-1].has_gutter or Group([band], band.free).has_gutter):
            groups[-1] = joined
            continue
        groups[-1], moved = _parted(groups[-1], band.top - above.bottom)
        groups.append(Group([*moved, band], []) if moved else Group([band], band.free))
    return groups


def _shared(first: list[Interval], second: list[Interval], em: float) -> list[Interval]:
    crossed = ((max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second)
    return [(left, right) for left, right in crossed if right - left >= MIN_GUTTER_EM * em]


def _parted(group: Group, gap_below: float) -> tuple[Group, list[Band]]:
    """`group` without a last band that stands on one side and closer to what follows: the heading of the next part."""
    if len(group.bands) < 2 or not group.has_gutter:
        return group, []
    *kept, last = group.bands
    one_sided = all(left == -inf or right == inf for left, right in last.free)
    if one_sided and last.top - kept[-1].bottom > 1.3 * max(gap_below, 0.0):
        return Group(kept, group.free), [last]
    return group, []


def _columns(boxes: Sequence[Rect], group: Group, em: float) -> tuple[list[int], list[int]] | None:
    """The two sides of the widest gutter between columns of running text or pictures, None where there is none."""
    inner = [(left, right) for left, right in group.free if left != -inf and right != inf]
    for left, right in sorted(inner, key=lambda interval: interval[0] - interval[1]):
        middle = (left + right) / 2
        before = [member for member in group.members if boxes[member].x1 <= middle]
        after = [member for member in group.members if boxes[member].x1 > middle]
        if before and after and _is_column(boxes, before, em) and _is_column(boxes, after, em):
            return before, after
    return None


def _is_column(boxes: Sequence[Rect], members: list[int], em: float) -> bool:
    width = max(boxes[each].x1 for each in members) - min(boxes[each].x0 for each in members)
    widths = [boxes[each].width for each in members]
    filling = sum(each for each in widths if each >= MIN_COLUMN_FILL * width)
    return width >= MIN_COLUMN_EM * em and filling >= 0.5 * sum(widths)
