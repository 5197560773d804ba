"""Chunks filled with as many neighbours as the token budget has room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from ocr2_loaders import identity
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.chunks.division import divided
from ocr2_loaders.chunks.longest import longest
from ocr2_loaders.chunks.piece import Piece
from ocr2_loaders.chunks.token_budget import TokenBudget
from ocr2_loaders.settings import ChunkPolicy


@dataclass(frozen=True, slots=True)
class Unit:
    """Pieces that stand together wherever they fit: a block, or a table or figure and its captions."""

    pieces: tuple[Piece, ...]

    @property
    def is_heading(self) -> bool:
        return all(piece.is_heading for piece in self.pieces)

    @property
    def has_table(self) -> bool:
        return any(piece.label is BlockLabel.TABLE for piece in self.pieces)

    @property
    def num_tokens(self) -> int:
        return sum(piece.num_tokens for piece in self.pieces)


class Filling:
    """The chunk that is being filled, of one document."""

    def __init__(self, budget: TokenBudget) -> None:
        self._budget = budget
        self._units: list[Unit] = []
        self._num_tokens = 0
        self._last = Chunk("", "", "", ())
        self._num_alike = 0

    def add(self, pieces: Sequence[Piece]) -> Iterator[Chunk]:
        """Put pieces that belong together behind those that are there; the chunks that are full then."""
        unit = Unit(tuple(map(self._budget.counted, pieces)))
        if not self._has_room(unit):
            yield from self.flush()
        self._units.append(unit)
        if len(self._units) > 1:
            self._num_tokens += unit.num_tokens
        else:
            self._num_tokens = self._budget.num_besides(unit.pieces[0]) + unit.num_tokens
        if self._num_tokens > self._budget.max_tokens:
            yield from self._shrunk()

    def flush(self) -> Iterator[Chunk]:
        """All that is there."""
        while self._units:
            if chunk := self._fitting(self._units):
                self._units = []
                yield from self._told(chunk)
            else:
                yield from self._first_chunk()

    def _has_room(self, unit: Unit) -> bool:
        """Headings wait for what follows on them; a table has a chunk of its own."""
        if all(held.is_heading for held in self._units):
            return True
        if unit.has_table or self._units[-1].has_table:
            return False
        return self._num_tokens + unit.num_tokens <= self._budget.max_tokens

    def _shrunk(self) -> Iterator[Chunk]:
        """Chunks of what is in front, until what is there fits."""
        while not (chunk := self._fitting(self._units)):
            yield from self._first_chunk()
            if not self._units:
                return
        self._num_tokens = self._budget.num_tokens(chunk)

    def _first_chunk(self) -> Iterator[Chunk]:
        """The first units that fit, where not all do; else the first is divided, for another try."""
        num_units = longest(len(self._units) - 1, len(self._units) - 1, lambda number: bool(self._first(number)))
        if not self._num_leading_headings or self._first(self._num_leading_headings):
            num_units = self._without_headings_behind(num_units)
        if chunk := self._first(num_units):
            del self._units[:num_units]
            yield from self._told(chunk)
        else:
            yield from self._divide()

    def _divide(self) -> Iterator[Chunk]:
        """Cut the first unit that is no heading, or the first heading where that alone is too much."""
        place = self._num_leading_headings
        if not self._first(place):
            place = 0
        in_front = [piece for unit in self._units[:place] for piece in unit.pieces]
        division = divided(in_front, self._units[place].pieces, self._budget)
        rest = [Unit((piece,)) for piece in division.rest]
        self._units = [*rest, *self._units[place + 1 :]]
        if division.chunk:
            yield from self._told(division.chunk)

    @property
    def _num_leading_headings(self) -> int:
        return sum(1 for _ in takewhile(lambda unit: unit.is_heading, self._units))

    def _without_headings_behind(self, num_units: int) -> int:
        while num_units and self._units[num_units - 1].is_heading:
            num_units -= 1
        return num_units

    def _first(self, num_units: int) -> Chunk | None:
        return self._fitting(self._units[:num_units]) if num_units else None

    def _fitting(self, units: Sequence[Unit]) -> Chunk | None:
        return self._budget.fitting([piece for unit in units for piece in unit.pieces])

    def _told(self, chunk: Chunk) -> Iterator[Chunk]:
        """Nothing of a chunk without a word; chunks of the same blocks are numbered."""
        if not chunk.text:
            return
        self._num_alike = self._num_alike + 1 if chunk.block_ids == self._last.block_ids else 0
        self._last = chunk
        source = chunk.pages[0].source
        yield replace(
            chunk,
            id=identity.chunk_id(source.identity, ChunkPolicy.BUDGET, chunk.block_ids, self._num_alike),
        )
