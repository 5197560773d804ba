"""How many rows at the top of a table are its head: as they are marked, else as they read.

The model marks no heads: all its cells are `<td>`. What reads like a head is names over numbers, short names over long
texts, bold over plain, and cells that span the columns of the names below them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import fmean

from ocr2_loaders.blocks.table_grid import Cell, Row

_Line = Sequence[Cell | None]

_NUMBER = re.compile(r"[\s(<>≤≥~≈±+\-\u2212\u2013$€£¥]*[0-9][0-9.,:/\s]*\D{0,6}(?:[±(\[\u2013-].*)?", re.DOTALL)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}\D{0,2}")
_NOTHING = re.compile(r"(?:[\s.\-\u2012-\u2015*✓✗×/]|n\.?/?a\.?|k\.\s?a\.)*", re.IGNORECASE)
_BOLD = re.compile(r"<b>.*</b>", re.DOTALL)
_MOSTLY = 0.6
_FEWEST_TEXT_COLUMNS = 3
_LONGEST_NAME = 40
_MUCH_SHORTER = 0.6
_ROWS_LOOKED_AT = 50


def num_header_rows(rows: Sequence[Row], grid: Sequence[_Line]) -> int:
    """Leading rows of the table's head, or of header cells only; at least one row is body unless the head says so."""
    count = 0
    while count < len(rows) and _is_marked(rows[count]):
        count += 1
    if count or any(cell.is_header for row in rows for cell in row.cells):
        return count if count < len(rows) else min(1, count)
    return _num_read(grid[:_ROWS_LOOKED_AT]) if len(rows) > 1 else 0


def _is_marked(row: Row) -> bool:
    return bool(row.cells) and (row.is_head or all(cell.is_header for cell in row.cells))


def _num_read(grid: Sequence[_Line]) -> int:
    """Without marks. A head of several rows is one whose first row spans rows, or columns that the next one names."""
    first = _cells(grid[0])
    if len(grid[0]) < 2 or not first:
        return 0
    spanned = max(cell.row_span for cell in first)
    if len(first) > 1 and 1 < spanned < len(grid) and any(cell.col_span > 1 for cell in first):
        return spanned if all(map(_names_columns, grid[:spanned])) else 0
    is_group = any(cell.col_span > 1 for cell in first)
    if is_group and len(grid) > 2 and _names_columns(grid[0]) and _is_head(grid[1], grid[2:]):
        return 2
    return 1 if spanned == 1 and _is_head(grid[0], grid[1:]) else 0


def _is_head(line: _Line, body: Sequence[_Line]) -> bool:
    cells = _cells(line)
    if not _names_columns(line):
        return False
    if all(_BOLD.fullmatch(cell.markup) for cell in cells if cell.text):
        return not all(_BOLD.fullmatch(cell.markup) for row in body for cell in _cells(row) if cell.text)
    return _stands_over_numbers(line, body) or _stands_over_texts(cells, body)


def _cells(line: _Line) -> list[Cell]:
    """Each cell once, though it spans columns."""
    return [cell for place, cell in enumerate(line) if cell is not None and (not place or cell is not line[place - 1])]


def _names_columns(line: _Line) -> bool:
    """Names, or years, and no values; the corner over the first column may be empty."""
    texts = [cell.text for cell in _cells(line)]
    named = [text for text in texts[1:] if not _NOTHING.fullmatch(text)] or texts[:1]
    return bool(any(texts)) and 2 * len(named) >= len(texts) - 1 and not any(map(_is_value, texts))


def _is_value(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and not _YEAR.fullmatch(text)


def _stands_over_numbers(line: _Line, body: Sequence[_Line]) -> bool:
    """Whether a column that it names holds numbers for the most part; a year names numbers, too."""
    for column, name in enumerate(line):
        below = [cell.text for cell in (row[column] for row in body) if cell and not _NOTHING.fullmatch(cell.text)]
        if name and name.text and below and sum(map(_is_value, below)) >= _MOSTLY * len(below):
            return True
    return False


def _stands_over_texts(cells: Sequence[Cell], body: Sequence[_Line]) -> bool:
    names = [cell.text for cell in cells]
    if len(names) < _FEWEST_TEXT_COLUMNS or len(set(names)) < len(names) or not all(names[1:]):
        return False
    if max(map(len, names)) > _LONGEST_NAME:
        return False
    texts = [cell.text for row in body for cell in _cells(row) if cell.text]
    return bool(texts) and fmean(map(len, names)) <= _MUCH_SHORTER * fmean(map(len, texts))
