"""Blocks as soon as they are written, long before the page they are on is whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from model_runtime.grounding import GroundingParser
from ocr2_loaders.blocks import Block, BlockMaker
from ocr2_loaders.page_facts import PageFacts


class LiveBlocks:
    """Hears what is written of one page and emits its blocks, but for the last one, which only the end completes.

    When the engine begins the page anew, nothing more is told of it: its result has the last word.
    """

    def __init__(self, facts: PageFacts, emit: Callable[[Block], None]) -> None:
        self._maker = BlockMaker(facts.page_index, facts.source.identity)
        self._emit = emit
        self._loop = asyncio.get_running_loop()
        self._parser: GroundingParser | None = GroundingParser()

    def hear(self, piece: str | None) -> None:
        """In any thread."""
        parser, self._parser = self._parser, None
        if parser is None or piece is None:
            return
        for span in parser.feed(piece):
            for block in self._maker.add(span):
                self._loop.call_soon_threadsafe(self._emit, block)
        self._parser = parser
