"""Tables that are too long, cut between rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ocr2_loaders.blocks.table import Table
from ocr2_loaders.chunks.longest import longest
from ocr2_loaders.chunks.piece import Piece
from ocr2_loaders.chunks.table_rows import TableRows

TIED_ROWS = "rows that one cell spans are cut: together they are longer than the token budget"
HEAD_NOT_REPEATED = "the table's head is too long to be repeated"
ROW_AS_TEXT = "a table row that is longer than the token budget is cut as text"


def cut_table(piece: Piece, table: Table, room: int, fits: Callable[[Piece], bool]) -> tuple[Piece, ...]:
    """The first rows of the piece, as many as `fits` allows, and the rest, both with the head in front.

    Rows that a cell spans stay together where they fit. Where not even one row does, the head is no longer repeated,
    and at last the row is given back as text; then it is for the caller to try these pieces.
    """
    rows = _Rows(piece, table)
    head = table.num_header_rows
    body_ends = [end for end in rows.ends if end > head]
    if end := _last_end(rows, body_ends, room, fits):
        return rows.upto(end)
    single = range(head + 1, body_ends[0]) if body_ends else ()
    if end := _last_end(rows, single, room, fits):
        return rows.upto(end, TIED_ROWS)
    return rows.without_head() if head else rows.first_as_text()


def _last_end(rows: _Rows, ends: Sequence[int], room: int, fits: Callable[[Piece], bool]) -> int:
    """The last of these places that the rows up to it fit; 0 where there is none."""
    guess = len(ends) * max(1, room) // max(1, rows.piece.num_tokens)
    num_ends = longest(len(ends), guess, lambda number: fits(rows.first(ends[number - 1])))
    return ends[num_ends - 1] if num_ends else 0


class _Rows:
    """The rows of a piece that is a table or what is left of one."""

    def __init__(self, piece: Piece, table: Table) -> None:
        self.piece = piece
        self._rows = TableRows(table, piece.text)
        self._lines = self._rows.lines
        self._head = table.num_header_rows
        self.ends = self._rows.ends

    def upto(self, end: int, *notes: str) -> tuple[Piece, ...]:
        first = self.first(end, *notes)
        return (first, self._after(end)) if end < len(self._lines) else (first,)

    def first(self, end: int, *notes: str) -> Piece:
        part = self._piece(self._head, end, num_header_rows=self._head)
        return replace(part, notes=(*part.notes, *notes))

    def without_head(self) -> tuple[Piece, ...]:
        """The head as rows like all others where it has not been shown, else gone."""
        begin = self._head if self.piece.is_continued else 0
        if begin == len(self._lines):
            return ()
        rest = self._piece(begin, len(self._lines), num_header_rows=0)
        return (replace(rest, is_continued=self.piece.is_continued, notes=(*rest.notes, HEAD_NOT_REPEATED)),)

    def first_as_text(self) -> tuple[Piece, ...]:
        row = self._piece(0, 1, num_header_rows=0)
        row = replace(row, markdown=row.text, table=None, notes=(*row.notes, ROW_AS_TEXT))
        return (row, self._after(1)) if len(self._lines) > 1 else (row,)

    def _after(self, begin: int) -> Piece:
        rest = self._piece(begin, len(self._lines), num_header_rows=self._head)
        return replace(rest, is_continued=True)

    def _piece(self, begin: int, end: int, *, num_header_rows: int) -> Piece:
        table = self._rows.table_of(begin, end, num_header_rows=num_header_rows)
        text = "\n".join([*self._lines[:num_header_rows], *self._lines[begin:end]])
        return replace(
            self.piece,
            text=text,
            markdown=table.html,
            table=table,
            parts=self._parts(begin, end, shows_head=not self.piece.is_continued),
            num_tokens=self._num_tokens(len(text)),
        )

    def _num_tokens(self, length: int) -> int:
        return self.piece.num_tokens * length // max(1, len(self.piece.text))

    def _parts(self, begin: int, end: int, *, shows_head: bool) -> Sequence[int]:
        """Of the joined block, those that these rows stand in; the head stands in the first."""
        row_parts = self.piece.joined.row_parts
        offset = len(row_parts) - len(self._lines)  # what is left of a table is always its end
        parts = set(row_parts[offset + begin : offset + end])
        if shows_head and begin <= self._head and row_parts:
            parts.add(row_parts[0])
        return sorted(parts) or self.piece.parts
