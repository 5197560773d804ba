"""What becomes of one page: its blocks and its status. Every page of every source ends as exactly one of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders import identity
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.page_facts import HoldsFacts, PageFacts
from ocr2_loaders.transcription import Attempt, PageStatus, TranscribedPage


@dataclass(frozen=True, slots=True)
class PageResult(HoldsFacts):
    """One page of one source. `error` is set exactly where `status` is `FAILED`.

    `transcript` is what the engine wrote, in the model's grounded markup, and `raw_transcript` the same before loops
    were cut out of it, None where there were none. `attempts` are all readings of a page that was not good the first
    time; `engine` and `finish_reason` are those of the one that was taken. `missing_words` is the share, 0..1, of the
    words in the PDF page's text layer that the transcript lacks, figures aside; None where that cannot be said. What
    was known of the page before it was read, its source and sizes among it, stands in `facts`, and as attributes of
    the result.
    """

    facts: PageFacts
    status: PageStatus
    blocks: tuple[Block, ...] = ()
    transcript: str = ""
    finish_reason: FinishReason | None = None
    engine: EngineIdentity | None = None
    warnings: tuple[str, ...] = ()
    error: Ocr2Error | None = None
    attempts: tuple[Attempt, ...] = ()
    raw_transcript: str | None = None
    missing_words: float | None = None

    @classmethod
    def of_transcribed(cls, page: TranscribedPage, blocks: tuple[Block, ...]) -> Self:
        """What was said of the page when it was transcribed, and the blocks that were made of it."""
        return cls(
            page.facts,
            page.status,
            blocks,
            page.transcript,
            page.finish_reason,
            page.engine,
            page.warnings,
            page.error,
            page.attempts,
            page.raw_transcript,
            page.missing_words,
        )

    @property
    def id(self) -> str:
        """Follows from the file's bytes; from its URI where there are no bytes."""
        return identity.page_id(self.source.identity, self.page_index)

    @property
    def markdown(self) -> str:
        """The blocks' Markdown in reading order, a blank line between blocks."""
        return "\n\n".join(block.markdown for block in self.blocks if block.markdown)

    @property
    def text(self) -> str:
        """The blocks' plain text in reading order, a blank line between blocks."""
        return "\n\n".join(block.text for block in self.blocks if block.text)
