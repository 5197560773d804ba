"""Whether a table on the next page is the rest of the one before, and which of its rows say nothing new."""

from __future__ import annotations

import re

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.structure.seam import rows_html

_LOWEST_START, _HIGHEST_END = 0.45, 0.6
"""Page-relative: a table that goes on begins in the upper part of its page and left off in the lower part."""
_SAME_EDGE = 0.06
_MOST_HEADER_ROWS = 5
_CONTINUED = re.compile(
    r"\bcont(?:inued|inuation|['’]?d|\.)|\bfort(?:setzung|gesetzt)|\b(?:suite|continuaci[oó]n|segue)\b|[续續]",
    re.IGNORECASE,
)
_ROW_SPAN = re.compile(r'rowspan="([0-9]+)"')


def goes_on_with(upper: Block, lower: Block, *, start: Block, caption: str | None) -> bool:
    """By columns, edges and head; `start` is the first part of the table that `upper` ends.

    A caption of its own begins another table, unless it says that this is the rest.
    """
    here, there = upper.table, lower.table
    if not here or not there or not here.rows or not there.rows or len(here.rows[0]) != len(there.rows[0]):
        return False
    if caption is not None:
        return _CONTINUED.search(caption) is not None
    if not _fit(upper, lower):
        return False
    has_heads = there.num_header_rows and start.table and start.table.num_header_rows
    return not has_heads or num_repeated_header_rows(start, lower) > 0


def num_repeated_header_rows(first: Block, lower: Block) -> int:
    """The leading rows of `lower` that are those of the table's first part, as far as its head goes."""
    here, there = first.table, lower.table
    if not here or not there or here.rows[:1] != there.rows[:1] or not any(here.rows[0]):
        return 0
    count = 0
    for mine, other in zip(here.rows[: _head_at_most(here)], there.rows[:-1], strict=False):
        if mine != other:
            break
        count += 1
    return count if _are_cut_off(there, count) else 0


def _head_at_most(table: Table) -> int:
    return table.num_header_rows or _MOST_HEADER_ROWS


def _are_cut_off(table: Table, num_rows: int) -> bool:
    """Whether no cell of the first rows spans into the next."""
    return all(
        int(span) + place <= num_rows
        for place, row in enumerate(rows_html(table)[:num_rows])
        for span in _ROW_SPAN.findall(row)
    )


def _fit(upper: Block, lower: Block) -> bool:
    """Where the boxes are known: one ends low, the other begins high, and their edges lie below one another."""
    above, below = upper.bounding_box, lower.bounding_box
    if above is None or below is None:
        return True
    edges = (abs(above.x0 - below.x0), abs(above.x1 - below.x1))
    return above.y1 >= _HIGHEST_END and below.y0 <= _LOWEST_START and max(edges) <= _SAME_EDGE
