"""Page results and blocks for tests that need no document."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from model_runtime.box import GridBox
from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders import identity
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.errors import SourceNotFound
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.sources.source import FailedSource
from ocr2_loaders.transcription import PageStatus
from tests.support.requests import source

ENGINE = EngineIdentity("replay", "1", "recordings")
_THIRD = 2


def block(*boxes: tuple[int, int, int, int], label: BlockLabel = BlockLabel.TEXT, text: str = "Text", **changes: Any):
    """A block on page 1 with boxes on the 0..999 grid."""
    placed = tuple(GridBox(*box) for box in boxes)
    return replace(Block("block-id", label, label.value, text, text, placed, 0, 0), **changes)


def page_result(*blocks: Block, **changes: Any) -> PageResult:
    """Page 1 of 3 with these blocks, numbered in their order."""
    numbered = tuple(replace(each, reading_order=place) for place, each in enumerate(blocks))
    facts = PageFacts(source(), 0, 3, width_pt=300.0, height_pt=400.0)
    return changed(PageResult(facts, PageStatus.OK, numbered), **changes)


def changed(page: PageResult, **changes: Any) -> PageResult:
    """A copy of the page, with other facts or other fields."""
    names = {each.name for each in fields(PageFacts)}
    facts = {name: value for name, value in changes.items() if name in names}
    return replace(page.with_facts(**facts), **{name: changes[name] for name in changes.keys() - names})


def text_block(
    text: str, reading_order: int = 0, *, boxes: tuple[GridBox, ...] = (GridBox(100, 50, 900, 80),)
) -> Block:
    """A block on the third page, with an id of its own."""
    block_id = identity.block_id("0" * 64, _THIRD, reading_order)
    return block(text=text, id=block_id, boxes=boxes, page_index=_THIRD, reading_order=reading_order)


def table_block() -> Block:
    """A table of one row that covers the third page; its second block."""
    table = Table("<table><tr><td>a</td><td>b</td></tr></table>", (("a", "b"),))
    as_text = text_block("a\tb", 1, boxes=(GridBox(0, 0, 999, 999),))
    return replace(as_text, label=BlockLabel.TABLE, model_label="table", markdown=table.html, table=table)


def third_page(*blocks: Block, status: PageStatus = PageStatus.OK) -> PageResult:
    """The third of seven pages, A4 at 144 dpi, with these blocks as they are."""
    facts = PageFacts(
        source(),
        _THIRD,
        num_pages=7,
        width_pt=595.275590551,
        height_pt=841.88976378,
        width_px=1191,
        height_px=1684,
        effective_dpi=144.0,
    )
    return PageResult(facts, status, blocks, finish_reason=FinishReason.STOP, engine=ENGINE)


def failed_source_result(name: str = "gone.pdf") -> PageResult:
    """What stands for a source that could not be had."""
    error = SourceNotFound(f"nothing is at {name}", source=name)
    return page_result(
        source=FailedSource(name, name, error),
        num_pages=None,
        status=PageStatus.FAILED,
        error=error,
        width_pt=0.0,
        height_pt=0.0,
    )
