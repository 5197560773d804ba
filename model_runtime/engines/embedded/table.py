"""A ruled table as HTML: which text stands in which cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from model_runtime.engines.embedded.grid import Cell, Grid, grids
from model_runtime.engines.embedded.joining import joined
from model_runtime.engines.embedded.line import Line, rows
from model_runtime.engines.embedded.rect import Rect
from model_runtime.engines.embedded.sheet import Piece

MIN_FILLED = 0.2
"""With fewer of its cells filled, crossing lines are a drawing and no table."""
MIN_CUT_EM = 0.6
"""A piece that reaches less than this into the next cell stays whole."""


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table's place in points and its HTML."""

    rect: Rect
    html: str


def tables(rulings: Sequence[Rect], pieces: Sequence[Piece]) -> tuple[list[RuledTable], list[Piece]]:
    """The ruled tables, and the pieces that stand in none of them."""
    found: list[RuledTable] = []
    left = list(pieces)
    for grid in grids(rulings):
        inside, outside = _parted(grid, left)
        contents = _contents(grid, inside)
        if sum(map(bool, contents)) < max(2, MIN_FILLED * len(grid.cells)):
            continue
        found.append(RuledTable(grid.rect, _html(grid, contents)))
        left = outside
    return found, left


def _parted(grid: Grid, pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    rect = grid.rect
    inside: list[Piece] = []
    outside: list[Piece] = []
    for piece in pieces:
        (inside if rect.holds(piece.rect.center) else outside).append(piece)
    return inside, outside


def _contents(grid: Grid, pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces of every cell, cut where a line of the table runs through them."""
    contents: list[list[Piece]] = [[] for _ in grid.cells]
    for piece in pieces:
        for part in _cut_at_walls(grid, piece):
            cell = grid.cell_at(part.rect.center)
            if cell is not None:
                contents[cell].append(part)
    return contents


def _cut_at_walls(grid: Grid, piece: Piece) -> list[Piece]:
    """A reader that takes two cells for one line, as OCR does, is corrected by the line between them."""
    parts: list[Piece] = []
    rest = piece
    reach = MIN_CUT_EM * piece.size
    middle = piece.rect.center[1]
    for x in grid.xs[1:-1]:
        if rest.rect.x0 + reach < x < rest.rect.x1 - reach and grid.cell_at((x - 1, middle)) != grid.cell_at(
            (x + 1, middle)
        ):
            left, rest = _cut(rest, x)
            parts.append(left)
    return [part for part in (*parts, rest) if part.text.strip()]


def _cut(piece: Piece, x: float) -> tuple[Piece, Piece]:
    """Both sides of `x`, at the space nearest to it, characters taken as equally wide."""
    at = round(len(piece.text) * (x - piece.rect.x0) / piece.rect.width)
    spaces = [i for i, character in enumerate(piece.text) if character == " "]
    at = min(spaces, key=lambda i: abs(i - at), default=at)
    left, right = piece.rect._replace(x1=x), piece.rect._replace(x0=x)
    return replace(piece, text=piece.text[:at], rect=left), replace(piece, text=piece.text[at:], rect=right)


def _html(grid: Grid, contents: list[list[Piece]]) -> str:
    texts = [joined(line.text for line in rows(Line((piece,)) for piece in cell)) for cell in contents]
    num_rows = grid.owner.shape[0]
    heads = _num_header_rows(grid, contents)
    written: list[list[str]] = [[] for _ in range(num_rows)]
    for cell, text in zip(grid.cells, texts, strict=True):
        written[cell.row].append(_cell_html(cell, text, "th" if cell.row < heads else "td"))
    return "<table>" + "".join(f"<tr>{''.join(cells)}</tr>" for cells in written) + "</table>"


def _cell_html(cell: Cell, text: str, tag: str) -> str:
    spans = (("rowspan", cell.num_rows), ("colspan", cell.num_columns))
    attributes = "".join(f' {name}="{count}"' for name, count in spans if count > 1)
    return f"<{tag}{attributes}>{escape(text, quote=False)}</{tag}>"


def _num_header_rows(grid: Grid, contents: list[list[Piece]]) -> int:
    """Rows at the top in which all text is bold, when there are others below."""
    plain = [
        cell.row for cell, pieces in zip(grid.cells, contents, strict=True) if any(not piece.bold for piece in pieces)
    ]
    return min(plain, default=0)
