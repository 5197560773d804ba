"""Running headers, footers and page numbers: small text in a margin, with white space between it and the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from model_runtime.engines.embedded.line import Line, rows
from model_runtime.engines.embedded.rect import Rect

EDGE, OUTER_GAP_EM = 0.075, 0.6
"""This near to the page's edge, relative to its height, a gap of so many em is enough."""
MARGIN, INNER_GAP_EM = 0.14, 1.6
"""Further in than this nothing is furniture; in between it takes a wider gap."""
MAX_ROWS = 3
MAX_SIZE = 1.1
"""Relative to the body: what is larger is a heading."""
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.|seite)?\s*[-–—|]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*[-–—|]?(?:\s*(?:of|/|von)\s*\d{1,4})?|第\s*\d{1,4}\s*页",
    re.IGNORECASE,
)


class Furniture(NamedTuple):
    """A label of the furniture and the line that bears it."""

    label: str
    line: Line


def parted(
    lines: Sequence[Line], others: Iterable[Rect], height: float, body_size: float
) -> tuple[list[Furniture], list[Line]]:
    """The furniture of a page of `height` points, and all its other lines; `others` are its tables and pictures."""
    in_rows = rows(lines)
    others = list(others)
    head = _outermost(in_rows, others, _Edge(body_size, height, depth=lambda rect: rect.y0, reach=lambda rect: rect.y1))
    foot = _outermost(
        in_rows[len(head) :][::-1],
        others,
        _Edge(body_size, height, depth=lambda rect: height - rect.y1, reach=lambda rect: height - rect.y0),
    )
    in_order = [*(("header", row) for row in head), *(("footer", row) for row in reversed(foot))]
    place_of = {piece: (rank, place) for rank, (place, row) in enumerate(in_order) for piece in row.pieces}
    taken = sorted(
        (line for line in lines if line.pieces[0] in place_of),
        key=lambda line: (place_of[line.pieces[0]], line.rect.x0),
    )
    furniture = [Furniture(_label(line, place_of[line.pieces[0]][1]), line) for line in taken]
    return furniture, [line for line in lines if line.pieces[0] not in place_of]


class _Edge(NamedTuple):
    """The edge of the page that is looked at: how far from it a rectangle begins and ends."""

    body_size: float
    height: float
    depth: Callable[[Rect], float]
    reach: Callable[[Rect], float]


def _outermost(in_rows: Sequence[Line], others: list[Rect], edge: _Edge) -> list[Line]:
    """The rows up to the first white space, and further ones only at the very edge; headings are none of them."""
    taken = 0
    for count in range(1, min(MAX_ROWS, len(in_rows)) + 1):
        rows_so_far = in_rows[:count]
        reach = max(edge.reach(row.rect) for row in rows_so_far)
        if not _is_small(rows_so_far[-1], edge) or (taken and reach > EDGE * edge.height):
            break
        if _stands_apart(rows_so_far, in_rows[count:], others, edge):
            taken = count
    return list(in_rows[:taken])


def _is_small(row: Line, edge: _Edge) -> bool:
    size = max(piece.size for piece in row.pieces)
    bold = row.bold and size >= 0.98 * edge.body_size
    return size <= MAX_SIZE * edge.body_size and not bold


def _stands_apart(taken: Sequence[Line], rest: Sequence[Line], others: list[Rect], edge: _Edge) -> bool:
    reach = max(edge.reach(row.rect) for row in taken)
    beyond = [edge.depth(rect) for rect in (*(row.rect for row in rest), *others) if edge.reach(rect) > reach]
    if reach > MARGIN * edge.height:
        return False
    if not beyond:
        return all(_is_page_number(row.text) for row in taken)
    needed = OUTER_GAP_EM if reach <= EDGE * edge.height else INNER_GAP_EM
    return min(beyond) - reach >= needed * edge.body_size


def _label(line: Line, place: str) -> str:
    return "page_number" if _is_page_number(line.text) else place


def _is_page_number(text: str) -> bool:
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None
