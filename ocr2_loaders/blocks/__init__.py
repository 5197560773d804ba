"""Pages as typed pieces in reading order: the spans of a transcript become blocks."""

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.figure import crop_of
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_blocks import BlockMaker, blocks_of
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.reason import reason_of
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.transcription import PageStatus

__all__ = [
    "Block",
    "BlockLabel",
    "BlockMaker",
    "PageResult",
    "PageStatus",
    "Table",
    "blocks_of",
    "crop_of",
    "reason_of",
]
