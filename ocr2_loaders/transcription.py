"""The one hand-over to the model runtime: page images in, transcribed pages with a status out, in the same order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from model_runtime.contract import EngineIdentity, FinishReason, PageRequest, Runtime, Transcript
from model_runtime.errors import EmptyTranscript, EngineError, Ocr2Error
from model_runtime.vocabulary import Prompt
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.settings import TranscriptionSettings
from ocr2_loaders.sources.source import FailedSource, Source


class PageStatus(StrEnum):
    """How a page ended."""

    OK = "ok"
    RECOVERED = "recovered"
    """Good after a second way was taken; the warnings say which."""
    TRUNCATED = "truncated"
    """The engine ran out of tokens; what it wrote is there."""
    LOOPED = "looped"
    """The engine repeated itself; what it wrote before is there."""
    BLANK = "blank"
    """Nothing is on the page."""
    FAILED = "failed"
    """Nothing can be said of the page; its error says why."""


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One page of one source on its way to the engine. A source that failed as a whole is one failed page."""

    source: Source | FailedSource
    page: PageImage | FailedPage


@dataclass(frozen=True, slots=True)
class TranscribedPage:
    """What remains of a page once its pixels are gone: its place, its sizes, its transcript and its status.

    Sizes are those of the upright page; all are 0 where the page could not be rendered. `error` is set exactly where
    `status` is `FAILED`.
    """

    source: Source | FailedSource
    page_index: int
    num_pages: int | None
    page_label: str | None
    status: PageStatus
    width_pt: float = 0.0
    height_pt: float = 0.0
    width_px: int = 0
    height_px: int = 0
    effective_dpi: float = 0.0
    transcript: str = ""
    finish_reason: FinishReason | None = None
    engine: EngineIdentity | None = None
    warnings: tuple[str, ...] = ()
    error: Ocr2Error | None = None


def transcribed(
    pages: Iterable[SourcePage], runtime: Runtime, settings: TranscriptionSettings
) -> Iterator[TranscribedPage]:
    """Every page, in order, as soon as the engine is done with it; pages without ink never reach the engine.

    Pixels are held only between `pages` and the engine, so memory is bounded by the engine's own look-ahead.
    """
    in_line: deque[TranscribedPage | None] = deque()
    at_engine: deque[TranscribedPage] = deque()

    def requests() -> Iterator[PageRequest]:
        for each in pages:
            settled = _settled_without_engine(each)
            in_line.append(settled)
            if settled is None and isinstance(each.page, PageImage):
                at_engine.append(_facts(each.source, each.page, runtime.identity))
                yield _request(each.page, settings)

    for transcript in runtime.transcribe(requests()):
        while settled := in_line.popleft():
            yield settled
        yield _finished(at_engine.popleft(), transcript)
    yield from (page for page in in_line if page)


def _settled_without_engine(each: SourcePage) -> TranscribedPage | None:
    if isinstance(each.page, FailedPage):
        return _failed(each.source, each.page)
    if not each.page.has_ink:
        return _blank(each.source, each.page)
    return None


def _failed(source: Source | FailedSource, page: FailedPage) -> TranscribedPage:
    return TranscribedPage(
        source,
        page.page_index,
        page.num_pages,
        page.page_label,
        PageStatus.FAILED,
        warnings=page.warnings,
        error=page.error,
    )


_LOST_INK = "the page draws objects and shows no ink: a picture or a font in it cannot be decoded"


def _blank(source: Source | FailedSource, page: PageImage) -> TranscribedPage:
    facts = replace(_facts(source, page, None), status=PageStatus.BLANK)
    return replace(facts, warnings=(*facts.warnings, _LOST_INK)) if page.has_objects else facts


def _facts(source: Source | FailedSource, page: PageImage, engine: EngineIdentity | None) -> TranscribedPage:
    height_px, width_px, _ = page.pixels.shape
    return TranscribedPage(
        source,
        page.page_index,
        page.num_pages,
        page.page_label,
        PageStatus.OK,
        page.width_pt,
        page.height_pt,
        width_px,
        height_px,
        page.effective_dpi,
        engine=engine,
        warnings=page.warnings,
    )


def _request(page: PageImage, settings: TranscriptionSettings) -> PageRequest:
    prompt = Prompt.FREE_OCR if settings.free_ocr else Prompt.GROUNDED
    return PageRequest(page.page_index, page.pixels, page.width_pt, page.height_pt, page.text_layer, prompt)


_STATUS = {
    FinishReason.STOP: PageStatus.OK,
    FinishReason.LENGTH: PageStatus.TRUNCATED,
    FinishReason.REPETITION: PageStatus.LOOPED,
}
"""Every other finish reason means that the page failed."""


def _finished(facts: TranscribedPage, transcript: Transcript) -> TranscribedPage:
    error = _error_of(transcript)
    if error is not None:
        error.source = facts.source.name
        error.page_number = facts.page_index + 1
    return replace(
        facts,
        status=PageStatus.FAILED if error else _STATUS[transcript.finish_reason],
        transcript=transcript.text,
        finish_reason=transcript.finish_reason,
        warnings=(*facts.warnings, *transcript.notes),
        error=error,
    )


def _error_of(transcript: Transcript) -> EngineError | None:
    if transcript.error is not None:
        return transcript.error
    if transcript.finish_reason not in _STATUS:
        return EngineError(f"the engine gave up on the page (finish reason {transcript.finish_reason.value!r})")
    if not transcript.text.strip():
        return EmptyTranscript("the engine wrote nothing, though the page has ink")
    return None
