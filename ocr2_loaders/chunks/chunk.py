"""A chunk: what is embedded and found as one, and where it stands in the document."""

from __future__ import annotations

from dataclasses import dataclass

from model_runtime.box import GridBox
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table


@dataclass(frozen=True, slots=True)
class PageBox:
    """A box on the 0..999 grid of the page with that index."""

    page_index: int
    box: GridBox


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document in reading order, made of whole blocks or of parts of one.

    `id` follows from the file's bytes, the policy and the blocks in it. `text` is what to embed, `markdown` what to
    show. `pages` are the pages it stands on, in order; at least one. `label` is the kind of its blocks where they are
    all of one kind, headings and captions beside them aside. `table` is set where the chunk is a table or some rows of
    one, with the header rows in front. `block_ids` are its blocks' ids in order, a block that is cut into several
    chunks standing in each. `notes` say what had to be done against the policy, such as a sentence cut between words.
    """

    id: str
    text: str
    markdown: str
    pages: tuple[PageResult, ...]
    block_ids: tuple[str, ...] = ()
    boxes: tuple[PageBox, ...] = ()
    heading_path: tuple[str, ...] = ()
    label: BlockLabel | None = None
    table: Table | None = None
    caption: str | None = None
    notes: tuple[str, ...] = ()
