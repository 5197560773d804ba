"""What becomes of one page: its blocks and its status. Every page of every source ends as exactly one of these."""

from __future__ import annotations

from dataclasses import dataclass

from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders import identity
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.pages.outline import OutlineEntry
from ocr2_loaders.sources.source import FailedSource, Source
from ocr2_loaders.transcription import Attempt, PageStatus


@dataclass(frozen=True, slots=True)
class PageResult:
    """One page of one source. `error` is set exactly where `status` is `FAILED`.

    `transcript` is what the engine wrote, in the model's grounded markup, and `raw_transcript` the same before loops
    were cut out of it, None where there were none. `attempts` are all readings of a page that was not good the first
    time; `engine` and `finish_reason` are those of the one that was taken. `missing_words` is the share, 0..1, of the
    words in the PDF page's text layer that the transcript lacks, figures aside; None where that cannot be said.
    `outline` are the entries of the PDF's own outline that lead to this page. Sizes
    are those of the upright page, in points of 1/72 inch and in pixels of the image that the engine saw; 0 where the
    page could not be rendered. `turned_deg` is how far page filters turned that image clockwise about its middle; sizes
    and boxes are those after the turn.
    """

    source: Source | FailedSource
    page_index: int
    num_pages: int | None
    status: PageStatus
    blocks: tuple[Block, ...] = ()
    transcript: str = ""
    finish_reason: FinishReason | None = None
    engine: EngineIdentity | None = None
    page_label: str | None = None
    width_pt: float = 0.0
    height_pt: float = 0.0
    width_px: int = 0
    height_px: int = 0
    effective_dpi: float = 0.0
    warnings: tuple[str, ...] = ()
    error: Ocr2Error | None = None
    attempts: tuple[Attempt, ...] = ()
    raw_transcript: str | None = None
    missing_words: float | None = None
    outline: tuple[OutlineEntry, ...] = ()
    turned_deg: float = 0.0

    @property
    def id(self) -> str:
        """Follows from the file's bytes; from its URI where there are no bytes."""
        return identity.page_id(self.source.identity, self.page_index)

    @property
    def page_number(self) -> int:
        """Counts from 1."""
        return self.page_index + 1

    @property
    def markdown(self) -> str:
        """The blocks' Markdown in reading order, a blank line between blocks."""
        return "\n\n".join(block.markdown for block in self.blocks if block.markdown)

    @property
    def text(self) -> str:
        """The blocks' plain text in reading order, a blank line between blocks."""
        return "\n\n".join(block.text for block in self.blocks if block.text)
