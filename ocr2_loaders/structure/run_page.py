"""A page whose running headers, footers and page number are known."""

from __future__ import annotations

from dataclasses import dataclass

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.page_result import PageResult


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page, its blocks that are no part of the text, and the page number printed on it."""

    page: PageResult
    running_ids: frozenset[str]
    printed_label: str | None

    @property
    def text_blocks(self) -> tuple[Block, ...]:
        return tuple(block for block in self.page.blocks if block.id not in self.running_ids)
