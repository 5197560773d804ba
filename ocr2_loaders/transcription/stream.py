"""Page images through the engine, in order; what was not read well goes up the ladder."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from model_runtime.contract import EngineIdentity, PageRequest, Runtime, Transcript
from model_runtime.text_layer import TextLayer
from model_runtime.vocabulary import Prompt
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.settings import RecoverySettings, TranscriptionSettings
from ocr2_loaders.sources.source import FailedSource, Source
from ocr2_loaders.transcription.ladder import Ladder, RecoveryMeans
from ocr2_loaders.transcription.page import PageStatus, SourcePage, TranscribedPage
from ocr2_loaders.transcription.reading import Reading, best_of, judged


def transcribed(
    pages: Iterable[SourcePage],
    runtime: Runtime,
    settings: TranscriptionSettings,
    means: RecoveryMeans | None = None,
) -> Iterator[TranscribedPage]:
    """Every page, in order, as soon as the engine is done with it; pages without ink never reach the engine.

    Pixels are held only between `pages` and the engine, so memory is bounded by the engine's own look-ahead. Without
    `means` no page is read again.
    """
    ladder = Ladder(runtime, settings, means) if means else None
    coming = iter(pages)
    for each in coming:
        if settled := _settled_without_engine(each):
            yield settled
        else:
            yield from _through_engine(chain([each], coming), runtime, settings, ladder)


def _through_engine(
    pages: Iterable[SourcePage], runtime: Runtime, settings: TranscriptionSettings, ladder: Ladder | None
) -> Iterator[TranscribedPage]:
    """One run of the engine; pages that it does not see wait in line between those that it does."""
    in_line: deque[TranscribedPage | None] = deque()
    at_engine: deque[_AtEngine] = deque()

    def requests() -> Iterator[PageRequest]:
        for each in pages:
            settled = _settled_without_engine(each)
            in_line.append(settled)
            if settled is None and isinstance(each.page, PageImage):
                at_engine.append(_AtEngine(_facts(each.source, each.page, runtime.identity), each.page.text_layer))
                yield _request(each.page, settings, with_text_layer=runtime.reads_text_layer)

    for transcript in runtime.transcribe(requests()):
        while settled := in_line.popleft():
            yield settled
        yield _finished(at_engine.popleft(), transcript, settings.recovery, ladder)
    yield from (page for page in in_line if page)


@dataclass(frozen=True, slots=True)
class _AtEngine:
    """What is kept of a page until its transcript is there."""

    facts: TranscribedPage
    layer: TextLayer | None


def _settled_without_engine(each: SourcePage) -> TranscribedPage | None:
    if isinstance(each.page, TranscribedPage):
        return each.page
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
        turned_deg=page.turned_deg,
        outline=page.outline,
    )


def _request(page: PageImage, settings: TranscriptionSettings, *, with_text_layer: bool) -> PageRequest:
    prompt = Prompt.FREE_OCR if settings.free_ocr else Prompt.GROUNDED
    layer = page.text_layer if with_text_layer else None
    return PageRequest(page.page_index, page.pixels, page.width_pt, page.height_pt, layer, prompt)


def _finished(
    page: _AtEngine, transcript: Transcript, settings: RecoverySettings, ladder: Ladder | None
) -> TranscribedPage:
    facts = page.facts
    engine = facts.engine
    if engine is None or isinstance(facts.source, FailedSource):
        raise TypeError("only pages of a source are at an engine")
    readings = [judged(transcript, engine, settings, layer=page.layer)]
    if ladder:
        readings = ladder.climbed(readings[0], facts.source, facts.page_index, page.layer)
    return _with_result(facts, readings)


def _with_result(facts: TranscribedPage, readings: list[Reading]) -> TranscribedPage:
    first, best = readings[0], best_of(readings)
    error = first.error if best.error else None
    if error is not None:
        error.source = facts.source.name
        error.page_number = facts.page_index + 1
    return replace(
        facts,
        status=PageStatus.RECOVERED if best.problem is None and first.problem else best.status,
        transcript=best.text,
        raw_transcript=best.raw_text if best.raw_text != best.text else None,
        finish_reason=best.finish_reason,
        engine=best.engine,
        warnings=(*facts.warnings, *best.notes, *_said_of(first, best)),
        error=error,
        attempts=tuple(reading.attempt for reading in readings) if first.problem else (),
        missing_words=best.missing_words,
        confidences=best.confidences,
    )


def _said_of(first: Reading, best: Reading) -> tuple[str, ...]:
    """What the page's status alone does not say of how it was read."""
    if best.way is not None:
        return (f"read in another way ({best.way.value}), because of the first reading: {first.problem}",)
    return (best.problem,) if best.problem and best.status is PageStatus.OK else ()
