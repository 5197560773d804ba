"""A piece: what a chunk is put together from, a whole block or a part of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.structure import JoinedBlock, StructuredBlock, StructuredPage


@dataclass(frozen=True, slots=True)
class Piece:
    """A block, or a part of it.

    `parts` are the places in `joined.parts` of the blocks that its text stands in: those give its pages and boxes.
    `is_continued` is said of what follows on the first part of a block. `num_tokens` is how many the text has alone,
    once they were counted.
    """

    joined: JoinedBlock
    text: str
    markdown: str
    parts: Sequence[int]
    heading_path: tuple[str, ...]
    table: Table | None = None
    caption: str | None = None
    notes: tuple[str, ...] = ()
    is_continued: bool = False
    num_tokens: int = 0

    @property
    def label(self) -> BlockLabel:
        return self.joined.label

    @property
    def is_heading(self) -> bool:
        return self.joined.first.heading_level is not None

    @property
    def blocks(self) -> Iterator[Block]:
        return (self.joined.parts[part].block for part in self.parts)

    @property
    def pages(self) -> Iterator[PageResult]:
        return (self.joined.pages[part].page for part in self.parts)


def whole(joined: JoinedBlock) -> Piece:
    """A block as one piece."""
    return Piece(
        joined,
        joined.text,
        joined.markdown,
        range(len(joined.parts)),
        joined.heading_path,
        joined.table,
        _caption(joined),
    )


def on_page(structured: StructuredBlock, page: StructuredPage) -> Piece:
    """A block as it stands on its page, whatever it goes on with."""
    return whole(JoinedBlock((structured,), (page,)))


def _caption(joined: JoinedBlock) -> str | None:
    """The words of the captions of a table or figure, in reading order."""
    ids = {caption_id for part in joined.parts for caption_id in part.caption_ids}
    if not ids:
        return None
    pages = {page.page.page_index: page for page in joined.pages}
    blocks = (structured.block for page in pages.values() for structured in page.blocks)
    return "\n".join(block.text for block in blocks if block.id in ids) or None
