"""A block in its place in the document."""

from __future__ import annotations

from dataclasses import dataclass

from ocr2_loaders.blocks.block import Block


@dataclass(frozen=True, slots=True)
class StructuredBlock:
    """A block as the model wrote it, and what the rest of the document says about it.

    `heading_path` are the headings that the block stands under, the outermost first; a heading's own words are its
    last. `heading_level` is settled for the whole document, from 1; None for what is no heading. `caption_ids` are the
    captions of this table or figure, `captioned_ids` the tables and figures that this caption or footnote is about.
    `is_running` is said of headers, footers and page numbers, which are no part of the text. `continues_id` is the
    block on an earlier page that this one goes on with, in the same paragraph or table; `num_repeated_header_rows` are
    the leading rows of such a table that only repeat the head of the first.
    """

    block: Block
    heading_path: tuple[str, ...] = ()
    heading_level: int | None = None
    caption_ids: tuple[str, ...] = ()
    captioned_ids: tuple[str, ...] = ()
    is_running: bool = False
    continues_id: str | None = None
    num_repeated_header_rows: int = 0
