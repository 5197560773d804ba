"""Block filters: callables between blocks and whoever asked for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from ocr2_loaders.blocks import Block, PageResult, PageStatus
from ocr2_loaders.callable_name import callable_name
from ocr2_loaders.filters.failure import failure

BlockFilter = Callable[[Block, PageResult], Block | None]
"""Takes a block and its page, as it was before any block filter, and gives back the block, a changed copy of it, or
None to drop it. A dropped block is counted in the page's warnings. What a filter raises becomes the typed error of this
page alone. Identifiers and places in the reading order stay as they are, gaps included.
"""


class _Failed(Exception):
    def __init__(self, block_filter: BlockFilter, what: str | Exception) -> None:
        self.block_filter = block_filter
        self.what = what


def with_blocks_filtered(page: PageResult, filters: Sequence[BlockFilter]) -> PageResult:
    """The page with what the filters left of its blocks; a failed page, its transcript kept, where one gave up."""
    dropped: Counter[str] = Counter()
    try:
        kept = [block for each in page.blocks if (block := _through(each, page, filters, dropped))]
    except _Failed as failed:
        error = failure(failed.block_filter, failed.what, source_name=page.source.name, page_number=page.page_number)
        return replace(page, status=PageStatus.FAILED, blocks=(), error=error)
    return replace(page, blocks=tuple(kept), warnings=(*page.warnings, *map(_counted, dropped.items())))


def _through(block: Block, page: PageResult, filters: Sequence[BlockFilter], dropped: Counter[str]) -> Block | None:
    for each in filters:
        try:
            result = each(block, page)
        except Exception as error:
            raise _Failed(each, error) from error
        if result is None:
            dropped[callable_name(each)] += 1
            return None
        if not isinstance(result, Block):
            raise _Failed(each, f"returned {type(result).__name__}, not a Block")
        block = result
    return block


def _counted(dropped: tuple[str, int]) -> str:
    name, count = dropped
    return f"the block filter {name} dropped {count} {'block' if count == 1 else 'blocks'}"
