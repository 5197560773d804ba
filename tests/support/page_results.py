"""Page results for tests that need no document."""

from __future__ import annotations

from model_runtime.box import GridBox
from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders import identity
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.errors import SourceNotFound
from ocr2_loaders.sources.source import FailedSource
from ocr2_loaders.transcription import PageStatus
from tests.support.requests import source

ENGINE = EngineIdentity("replay", "1", "recordings")


def text_block(
    text: str, reading_order: int = 0, *, boxes: tuple[GridBox, ...] = (GridBox(100, 50, 900, 80),)
) -> Block:
    block_id = identity.block_id("0" * 64, 2, reading_order)
    return Block(block_id, BlockLabel.TEXT, "text", text, text, boxes, page_index=2, reading_order=reading_order)


def table_block() -> Block:
    table = Table("<table><tr><td>a</td><td>b</td></tr></table>", (("a", "b"),))
    block_id = identity.block_id("0" * 64, 2, 1)
    return Block(
        block_id,
        BlockLabel.TABLE,
        "table",
        "a\tb",
        table.html,
        (GridBox(0, 0, 999, 999),),
        page_index=2,
        reading_order=1,
        table=table,
    )


def page_result(*blocks: Block, status: PageStatus = PageStatus.OK) -> PageResult:
    """The third of seven pages."""
    return PageResult(
        source(),
        page_index=2,
        num_pages=7,
        status=status,
        blocks=blocks,
        finish_reason=FinishReason.STOP,
        engine=ENGINE,
        width_pt=595.275590551,
        height_pt=841.88976378,
        width_px=1191,
        height_px=1684,
        effective_dpi=144.0,
    )


def failed_source_result(name: str = "gone.pdf") -> PageResult:
    """What stands for a source that could not be had."""
    error = SourceNotFound(f"nothing is at {name}", source=name)
    return PageResult(
        FailedSource(name, name, error), page_index=0, num_pages=None, status=PageStatus.FAILED, error=error
    )
