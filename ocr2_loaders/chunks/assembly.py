"""Pieces put together to a chunk."""

from __future__ import annotations

from collections.abc import Sequence

from ocr2_loaders import identity
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.chunks.chunk import Chunk, PageBox
from ocr2_loaders.chunks.piece import Piece
from ocr2_loaders.settings import ChunkPolicy

_BESIDE = frozenset({BlockLabel.CAPTION, BlockLabel.TITLE, BlockLabel.HEADING})


def chunk_from(pieces: Sequence[Piece], policy: ChunkPolicy) -> Chunk:
    """The chunk of one or more pieces of one document, in reading order."""
    pages = {page.page_index: page for piece in pieces for page in piece.pages}
    blocks = {block.id: block for piece in pieces for block in piece.blocks}
    source = pieces[0].joined.pages[0].page.source
    return Chunk(
        id=identity.chunk_id(source.identity, policy, tuple(blocks)),
        text="\n\n".join(piece.text for piece in pieces if piece.text),
        markdown="\n\n".join(piece.markdown for piece in pieces if piece.markdown),
        # A paragraph that goes on over a page end may stand before a figure of the page where it began.
        pages=tuple(pages[page_index] for page_index in sorted(pages)),
        block_ids=tuple(blocks),
        boxes=tuple(PageBox(block.page_index, box) for block in blocks.values() for box in block.boxes),
        heading_path=_heading_path(pieces),
        label=_label(pieces),
        table=_table(pieces),
        caption=_caption(pieces),
        notes=tuple(dict.fromkeys(note for piece in pieces for note in piece.notes)),
    )


def _heading_path(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """That of the first text; headings in front of it only lead there."""
    return next((piece for piece in pieces if not piece.is_heading), pieces[-1]).heading_path


def _label(pieces: Sequence[Piece]) -> BlockLabel | None:
    labels = {piece.label for piece in pieces}
    labels = labels - _BESIDE or labels
    return labels.pop() if len(labels) == 1 else None


def _table(pieces: Sequence[Piece]) -> Table | None:
    others = [piece for piece in pieces if piece.label not in _BESIDE]
    return others[0].table if len(others) == 1 else None


def _caption(pieces: Sequence[Piece]) -> str | None:
    captions = dict.fromkeys(piece.caption for piece in pieces)
    return "\n".join(caption for caption in captions if caption) or None
