"""One reading of a page: what was written, how good it is, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from model_runtime.contract import EngineIdentity, FinishReason, Transcript
from model_runtime.errors import EmptyTranscript, EngineError, PageRejected, UngroundedTranscript
from model_runtime.grounding import parse
from model_runtime.repetition import repetitions_in, without_repetitions
from model_runtime.text_layer import TextLayer
from model_runtime.vocabulary import MODEL_LABELS, SPECIAL_TOKENS
from ocr2_loaders.settings import RecoverySettings, RecoveryWay
from ocr2_loaders.transcription.missing_words import missing_words, relative_length
from ocr2_loaders.transcription.page import Attempt, PageStatus

_STATUS = {
    FinishReason.STOP: PageStatus.OK,
    FinishReason.LENGTH: PageStatus.TRUNCATED,
    FinishReason.REPETITION: PageStatus.LOOPED,
}
"""Every other finish reason means that the page failed."""

_PROBLEM = {
    PageStatus.TRUNCATED: "the engine ran out of tokens before the page's end",
    PageStatus.LOOPED: "the engine repeated itself",
}
_FROM_BEST = (PageStatus.OK, PageStatus.TRUNCATED, PageStatus.LOOPED, PageStatus.FAILED)

_WORTH_ASKING_AGAIN = (EmptyTranscript, UngroundedTranscript)
"""All other errors are the engine's last word: it has tried again itself where that could help."""

_LONG_ENOUGH = 0.75
"""Of the text layer's length: a transcript with other words, and as many of them, may well be the better one."""

_TOKENS = re.compile("|".join(map(re.escape, SPECIAL_TOKENS)))
_WORD = re.compile(r"[^\W_]+")
_PICTURES = frozenset({"image", "table"})
_NOTHING_WITHOUT_WORDS = frozenset(MODEL_LABELS) - _PICTURES


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is what counts, `raw_text` what the engine wrote; they differ where it repeated itself.

    `problem` is None where the reading is good. `error` is set exactly where the status is `FAILED`.
    """

    way: RecoveryWay | None
    engine: EngineIdentity
    status: PageStatus
    text: str
    raw_text: str
    finish_reason: FinishReason
    notes: tuple[str, ...] = ()
    problem: str | None = None
    error: EngineError | None = None
    missing_words: float | None = None
    confidences: tuple[tuple[int, float], ...] = ()
    """See `TranscribedPage`."""

    @property
    def num_letters(self) -> int:
        """Letters and digits outside the markup's tags."""
        return sum(len(word) for span in parse(self.text) for word in _WORD.findall(span.body))

    @property
    def is_final_word(self) -> bool:
        """Whether the engine will not do better, however the page is put to it."""
        return self.error is not None and not isinstance(self.error, _WORTH_ASKING_AGAIN)

    @property
    def attempt(self) -> Attempt:
        is_lasting = not self.is_final_word or isinstance(self.error, PageRejected)
        return Attempt(self.way, self.engine, self.finish_reason, self.problem, is_lasting)


def judged(
    transcript: Transcript,
    engine: EngineIdentity,
    settings: RecoverySettings,
    *,
    way: RecoveryWay | None = None,
    layer: TextLayer | None = None,
) -> Reading:
    """The reading that a transcript is, measured by its end, its loops, and the words of the text layer."""
    loops = repetitions_in(transcript.text)
    text = without_repetitions(transcript.text, loops)
    error = _error_of(transcript)
    status = PageStatus.FAILED if error else PageStatus.LOOPED if loops else _STATUS[transcript.finish_reason]
    missing = None if error or settings.max_missing_words is None else missing_words(layer, text)
    problem = error.message if error else _PROBLEM.get(status) or _too_short(text, layer, missing, settings)
    return Reading(
        way,
        engine,
        status,
        text,
        transcript.text,
        transcript.finish_reason,
        transcript.notes,
        problem,
        error,
        missing,
        () if loops else _confidences(transcript),
    )


def _confidences(transcript: Transcript) -> tuple[tuple[int, float], ...]:
    """Of every span that has words; its tag, where boxes are, is not asked."""
    if transcript.token_ends is None:
        return ()
    found = []
    for span in parse(transcript.text):
        first = span.end - len(span.body.lstrip())
        confidence = transcript.confidence_between(first, first + len(span.text)) if span.text else None
        if confidence is not None:
            found.append((span.start, confidence))
    return tuple(found)


def best_of(readings: list[Reading]) -> Reading:
    """The good one, else the one that lost least: cut off beats failed, many words beat few, early beats late."""
    return min(readings, key=_shortcoming)


def _shortcoming(reading: Reading) -> tuple[bool, int, float, int]:
    return (
        reading.problem is not None,
        _FROM_BEST.index(reading.status),
        reading.missing_words or 0.0,
        -reading.num_letters,
    )


def _too_short(text: str, layer: TextLayer | None, missing: float | None, settings: RecoverySettings) -> str | None:
    if layer is None or missing is None or settings.max_missing_words is None or missing <= settings.max_missing_words:
        return None
    if relative_length(layer, text) > _LONG_ENOUGH:
        return None
    return f"{missing:.0%} of the words in the page's text layer are missing"


def _error_of(transcript: Transcript) -> EngineError | None:
    if transcript.error is not None:
        return transcript.error
    if transcript.finish_reason not in _STATUS:
        return EngineError(f"the engine gave up on the page (finish reason {transcript.finish_reason.value!r})")
    if _says_nothing(transcript.text):
        return EmptyTranscript("the engine wrote nothing, though the page has ink")
    return None


def _says_nothing(text: str) -> bool:
    """Whether there are neither words nor pictures; a label of the engine's own making may be words."""
    return all(
        not _TOKENS.sub("", span.body).strip() and (span.label is None or span.label in _NOTHING_WITHOUT_WORDS)
        for span in parse(text)
    )
