"""The model's grounded markup, read and written: tags with labels and boxes, and the text behind them.

<|ref|>label<|/ref|><|det|>[[x0, y0, x1, y1]]<|/det|>
the block's text
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from model_runtime.box import GridBox


@dataclass(frozen=True, slots=True)
class GroundedSpan:
    """One tag and the text up to the next one. `tag + body` is, character for character, what the model wrote.

    `label` is the text between the ref tokens, stripped, None for text that stands before the first tag. `boxes` holds
    only boxes that could be placed on the grid; `notes` says of each oddity what was found and what was done with it.
    `start` is the span's offset in the transcript, in characters.
    """

    label: str | None
    boxes: tuple[GridBox, ...]
    tag: str
    body: str
    start: int
    notes: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.tag) + len(self.body)

    @property
    def text(self) -> str:
        """The body without the white space around it."""
        return self.body.strip()


class GroundingParser:
    """Turns transcript text, in pieces of any size, into spans."""

    def feed(self, delta: str) -> list[GroundedSpan]:
        """The spans that `delta` completed."""
        raise NotImplementedError

    def close(self) -> list[GroundedSpan]:
        """The spans that the end of the transcript completed."""
        raise NotImplementedError


def parse(transcript: str) -> tuple[GroundedSpan, ...]:
    """All spans of a whole transcript; joined, their tags and bodies are the transcript."""
    parser = GroundingParser()
    return (*parser.feed(transcript), *parser.close())


def written(label: str, boxes: Iterable[GridBox], body: str) -> str:
    """One span as the model would write it, with its separator behind it, for engines that write the markup themselves."""
    raise NotImplementedError
