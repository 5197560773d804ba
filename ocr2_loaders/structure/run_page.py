"""A page whose running headers, footers and page number are known."""

from __future__ import annotations

from dataclasses import dataclass

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.page_result import PageResult


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page, its blocks that are no part of the text, those that are, and the page number printed on it."""

    page: PageResult
    running_ids: frozenset[str]
    text_blocks: tuple[Block, ...]
    printed_label: str | None
