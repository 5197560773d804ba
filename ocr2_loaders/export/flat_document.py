"""What a page becomes for frameworks and vector stores: texts with an id and flat metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.export.metadata import MetadataValue, block_metadata, page_metadata

DocumentMode = Literal["page", "block"]
"""Whether a page becomes one document, or one for each of its blocks."""


@dataclass(frozen=True, slots=True)
class FlatDocument:
    """`id` follows from the file's bytes and the place in it. `text` is empty where a page gave none."""

    id: str
    text: str
    metadata: dict[str, MetadataValue]


def flat_documents(page: PageResult, mode: DocumentMode) -> list[FlatDocument]:
    """A page as Markdown, or its blocks as plain text; at least one, so that a failed page is seen in any mode."""
    if mode == "block" and page.blocks:
        return [_of_block(page, block) for block in page.blocks]
    return [FlatDocument(page.id, page.markdown, page_metadata(page))]


def _of_block(page: PageResult, block: Block) -> FlatDocument:
    return FlatDocument(block.id, block.text or block.markdown, block_metadata(page, block))
