"""Blocks that are too large for a chunk, divided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.chunks.assembly import chunk_from
from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.chunks.piece import Piece
from ocr2_loaders.chunks.table_cut import cut_table
from ocr2_loaders.chunks.text_cut import cut_text
from ocr2_loaders.chunks.token_budget import TokenBudget
from ocr2_loaders.errors import ChunkBudgetTooSmall
from ocr2_loaders.settings import ChunkPolicy

NEVER_CUT = frozenset({BlockLabel.FORMULA, BlockLabel.CODE})
OVER_BUDGET = "longer than the token budget: formulas and programs are not cut"
HEADINGS_LEFT_OUT = "outer headings are left out of the heading path: they leave too little of the token budget"
CAPTION_LEFT_OUT = "the caption is not repeated: it leaves too little of the token budget"


@dataclass(frozen=True, slots=True)
class Division:
    """A chunk where one could be made, and what is left."""

    chunk: Chunk | None
    rest: tuple[Piece, ...]


def divided(in_front: Sequence[Piece], pieces: Sequence[Piece], budget: TokenBudget) -> Division:
    """The first chunk of `in_front`, which fits, and as much as can be of `pieces`, which are too much together.

    Raises:
        ChunkBudgetTooSmall: what is embedded besides the text leaves no room for any.
    """
    shown = [*in_front]
    rest = [*pieces]
    while rest and budget.fitting([*shown, rest[0]]):
        shown.append(rest.pop(0))
    if not rest:
        return Division(budget.fitting(shown), ())
    first, *others = rest
    lean = _lean(first, budget)
    if budget.fitting([*shown, lean]):
        return Division(None, (*shown, lean, *others))
    cut = _cut(lean, shown, budget)
    if cut and (chunk := budget.fitting([*shown, cut[0]])):
        return Division(chunk, (*cut[1:], *others))
    if cut:
        return Division(None, (*shown, *cut, *others))
    if shown:
        return Division(budget.fitting(shown), tuple(rest))
    if first.label in NEVER_CUT:
        whole = replace(first, notes=(*first.notes, OVER_BUDGET))
        return Division(chunk_from([whole], ChunkPolicy.BUDGET), tuple(others))
    raise _too_small(lean, budget)


def _cut(piece: Piece, in_front: Sequence[Piece], budget: TokenBudget) -> tuple[Piece, ...]:
    """The piece in parts, of which the first fits behind what is in front; nothing where that cannot be."""

    def fits(part: Piece) -> bool:
        return budget.fitting([*in_front, part]) is not None

    if piece.label in NEVER_CUT:
        return ()
    room = budget.max_tokens - budget.num_besides(piece) - sum(each.num_tokens for each in in_front)
    if piece.table:
        return cut_table(piece, piece.table, room, fits)
    return cut_text(piece, room, fits)


def _lean(piece: Piece, budget: TokenBudget) -> Piece:
    """With so much of its caption and its heading path that half of the budget is left for its text."""
    most = budget.max_tokens // 2
    return next((each for each in _leaner(piece) if budget.num_besides(each) <= most), list(_leaner(piece))[-1])


def _leaner(piece: Piece) -> Iterator[Piece]:
    yield piece
    if piece.caption:
        piece = replace(piece, caption=None, notes=_noted(piece, CAPTION_LEFT_OUT))
        yield piece
    while piece.heading_path:
        piece = replace(piece, heading_path=piece.heading_path[1:], notes=_noted(piece, HEADINGS_LEFT_OUT))
        yield piece


def _noted(piece: Piece, note: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*piece.notes, note)))


def _too_small(piece: Piece, budget: TokenBudget) -> ChunkBudgetTooSmall:
    num_tokens = budget.num_besides(piece)
    page = piece.joined.pages[0].page
    return ChunkBudgetTooSmall(
        f"of {budget.max_tokens} tokens for a chunk {num_tokens} go to what is embedded besides its text",
        source=page.source.uri,
        page_number=page.page_number,
        hint="allow more tokens, or leave metadata out of what is embedded",
    )
