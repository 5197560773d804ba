"""Page results and blocks for tests that need no document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from model_runtime.box import GridBox
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.transcription import PageStatus
from tests.support.requests import source


def block(*boxes: tuple[int, int, int, int], label: BlockLabel = BlockLabel.TEXT, text: str = "Text", **changes: Any):
    """A block on page 1 with boxes on the 0..999 grid."""
    placed = tuple(GridBox(*box) for box in boxes)
    return replace(Block("block-id", label, label.value, text, text, placed, 0, 0), **changes)


def page_result(*blocks: Block, **changes: Any) -> PageResult:
    """Page 1 of 3 with these blocks, numbered in their order."""
    numbered = tuple(replace(each, reading_order=place) for place, each in enumerate(blocks))
    page = PageResult(source(), 0, 3, PageStatus.OK, numbered, width_pt=300.0, height_pt=400.0)
    return replace(page, **changes)
