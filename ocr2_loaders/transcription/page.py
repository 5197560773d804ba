"""A page that was read: what remains of it once its pixels are gone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from model_runtime.contract import EngineIdentity, FinishReason
from model_runtime.errors import Ocr2Error
from ocr2_loaders.page_facts import HoldsFacts, PageFacts
from ocr2_loaders.settings import RecoveryWay

TRANSCRIPTION_VERSION = 1
"""Goes up whenever the same engine's answers would become another transcript or another status."""


class PageStatus(StrEnum):
    """How a page ended."""

    OK = "ok"
    """Good the first time."""
    RECOVERED = "recovered"
    """Good after a second way was taken; the attempts say which."""
    TRUNCATED = "truncated"
    """The engine ran out of tokens; what it wrote is there."""
    LOOPED = "looped"
    """The engine repeated itself; what it wrote is there, everything that was repeated only once."""
    BLANK = "blank"
    """Nothing is on the page."""
    FAILED = "failed"
    """Nothing can be said of the page; its error says why."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of a page that was not good the first time.

    `way` is None for the first reading. `problem` says in one sentence why a reading was not good enough, and is None
    for a good one.
    """

    way: RecoveryWay | None
    engine: EngineIdentity
    finish_reason: FinishReason
    problem: str | None
    is_lasting: bool = True
    """False where the engine failed in a way that need not come again: a deadline, a server that was gone."""


@dataclass(frozen=True, slots=True)
class TranscribedPage(HoldsFacts):
    """A page's facts, its transcript and its status.

    `error` is set exactly where `status` is `FAILED`. `engine` and `finish_reason` are those of the reading that was
    taken.
    """

    facts: PageFacts
    status: PageStatus
    transcript: str = ""
    finish_reason: FinishReason | None = None
    engine: EngineIdentity | None = None
    warnings: tuple[str, ...] = ()
    error: Ocr2Error | None = None
    attempts: tuple[Attempt, ...] = ()
    """Every reading in its order, where the first one was not good."""
    raw_transcript: str | None = None
    """What the engine wrote, where loops were cut out of `transcript`."""
    missing_words: float | None = None
    """The share, 0..1, of the words in the page's text layer that the transcript lacks, figures aside; None where
    there is no text layer that could tell."""
    confidences: tuple[tuple[int, float], ...] = ()
    """How sure the engine was of each span's words, where it tells: the span's start in `transcript`, and the geometric
    mean of its tokens' probabilities. Empty as well where the transcript was put together or cut."""
