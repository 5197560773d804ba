"""Texts that are too long, cut between sentences, else between words, else anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.chunks.longest import longest
from ocr2_loaders.chunks.piece import Piece
from ocr2_loaders.chunks.sentences import last_sentence_end, last_word_end
from ocr2_loaders.structure import JoinedBlock
from ocr2_loaders.structure.seam import paragraphs_joined

BETWEEN_WORDS = "a sentence that is longer than the token budget goes on in the next chunk"
WITHIN_WORD = "a word that is longer than the token budget goes on in the next chunk"


def cut_text(piece: Piece, room: int, fits: Callable[[Piece], bool]) -> tuple[Piece, ...]:
    """The first part of the piece, as long as `fits` allows, and the rest; nothing where not a character fits.

    `room` is about how many tokens there are for the part.
    """
    guess = len(piece.text) * max(1, room) // max(1, piece.num_tokens)
    end = longest(len(piece.text), guess, lambda end: fits(_part(piece, end)))
    while end:
        for place, notes in _places(piece.text, end):
            part = _part(piece, place, notes)
            if part.text and fits(part):
                return part, _rest(piece, place, part)
        end = end * 7 // 8
    return ()


def _places(text: str, end: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Where to cut at or before `end`, the best place first, with what is to be said of it."""
    yield last_sentence_end(text, end), ()
    yield last_word_end(text, end), (BETWEEN_WORDS,)
    yield end, (WITHIN_WORD,)


def _part(piece: Piece, end: int, notes: tuple[str, ...] = ()) -> Piece:
    text = piece.text[:end].rstrip()
    return replace(
        piece,
        text=text,
        markdown=text,
        parts=_parts(piece, 0, len(text)),
        notes=(*piece.notes, *notes),
        num_tokens=piece.num_tokens * len(text) // max(1, len(piece.text)),
    )


def _rest(piece: Piece, end: int, part: Piece) -> Piece:
    text = piece.text[end:].lstrip()
    return replace(
        piece,
        text=text,
        markdown=text,
        parts=_parts(piece, len(piece.text) - len(text), len(piece.text)),
        is_continued=True,
        num_tokens=piece.num_tokens - part.num_tokens,
    )


def _parts(piece: Piece, begin: int, end: int) -> Sequence[int]:
    """The parts of the joined block that these characters of the piece stand in."""
    if len(piece.parts) == 1 or piece.label is BlockLabel.TABLE:
        return piece.parts
    starts = _starts(piece.joined)
    offset = starts[-1] - len(piece.text)  # what is left of a block is always its end
    return [
        part
        for part, (start, next_start) in enumerate(pairwise(starts))
        if start < offset + end and next_start > offset + begin
    ]


def _starts(joined: JoinedBlock) -> list[int]:
    """Where each part begins in the joined text, and where the last one ends."""
    texts = [block.text for block in joined.blocks]
    lengths = [len(text) for text in accumulate(texts, paragraphs_joined)]
    begins = [length - len(text.strip()) for length, text in zip(lengths[1:], texts[1:], strict=True)]
    return [0, *begins, lengths[-1]]
