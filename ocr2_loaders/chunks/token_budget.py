"""How much a chunk may hold, and who counts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ocr2_loaders.chunks.assembly import chunk_from
from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.chunks.piece import Piece
from ocr2_loaders.settings import ChunkPolicy

_FAR_TOO_MUCH = 2
"""Times the budget, as counted piece by piece: not worth to be counted together."""


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """`count_tokens` of all that `embedded_text` says of a chunk is `max_tokens` at most."""

    max_tokens: int
    count_tokens: Callable[[str], int]
    embedded_text: Callable[[Chunk], str]
    _num_of_nothing: int = field(init=False)
    _num_between: int = field(init=False)

    def __post_init__(self) -> None:
        # Tokenizers may add a start and an end to whatever they are given.
        object.__setattr__(self, "_num_of_nothing", self.count_tokens(""))
        object.__setattr__(self, "_num_between", max(1, self.count_tokens("\n\n") - self._num_of_nothing))

    def counted(self, piece: Piece) -> Piece:
        """The piece, knowing about how many tokens it adds to a chunk."""
        num_tokens = self.count_tokens(piece.text) - self._num_of_nothing + self._num_between
        return replace(piece, num_tokens=num_tokens)

    def num_tokens(self, chunk: Chunk) -> int:
        return self.count_tokens(self.embedded_text(chunk))

    def num_besides(self, piece: Piece) -> int:
        """Tokens of all that is embedded with any part of this piece, without the part's own text."""
        return self.num_tokens(chunk_from([replace(piece, text="", table=None)], ChunkPolicy.BUDGET))

    def fitting(self, pieces: Sequence[Piece]) -> Chunk | None:
        """The chunk of these pieces, None where it would be too large."""
        if sum(piece.num_tokens for piece in pieces) > _FAR_TOO_MUCH * self.max_tokens:
            return None
        chunk = chunk_from(pieces, ChunkPolicy.BUDGET)
        return chunk if self.num_tokens(chunk) <= self.max_tokens else None
