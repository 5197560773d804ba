"""One page through the engine, and where it was not read well, up the ladder."""

from __future__ import annotations

from dataclasses import dataclass

from model_runtime.contract import PageRequest, Transcript
from model_runtime.errors import EngineError
from model_runtime.vocabulary import Prompt
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.settings import TranscriptionSettings
from ocr2_loaders.sources.source import FailedSource, Source
from ocr2_loaders.transcription.ladder import Ladder, RecoveryMeans
from ocr2_loaders.transcription.page import PageStatus, TranscribedPage
from ocr2_loaders.transcription.reader import PageTurn, Reader
from ocr2_loaders.transcription.reading import Reading, best_of, judged

_LOST_INK = "the page draws objects and shows no ink: a picture or a font in it cannot be decoded"


def failed_page(source: Source | FailedSource, page: FailedPage) -> TranscribedPage:
    """A page that could not be rendered."""
    facts = PageFacts.of_failed_page(source, page)
    return TranscribedPage(facts, PageStatus.FAILED, warnings=page.warnings, error=page.error)


@dataclass(frozen=True, slots=True)
class Transcribing:
    """How the pages of one run are transcribed. Without `means` no page is read again."""

    reader: Reader
    settings: TranscriptionSettings
    means: RecoveryMeans | None = None

    async def transcribed(self, source: Source | FailedSource, page: PageImage, turn: PageTurn) -> TranscribedPage:
        """The page as soon as the engine is done with it; one without ink never reaches the engine.

        Give it the only reference to the page, so that its pixels are let go as soon as the engine has what it needs.
        """
        facts = PageFacts.of_image(source, page)
        if not page.has_ink:
            return _blank(facts, page)
        request, layer, warnings = self._request(page), page.text_layer, page.warnings
        del page
        asking = self._first(request, turn)
        del request
        first = judged(await asking, self.reader.identity, self.settings.recovery, layer=layer)
        readings = [first]
        if self.means:
            ladder = Ladder(self.reader, self.settings, self.means, facts, layer, turn)
            readings = await ladder.climbed(first)
        return _finished(facts, warnings, readings)

    def _request(self, page: PageImage) -> PageRequest:
        prompt = Prompt.FREE_OCR if self.settings.free_ocr else Prompt.GROUNDED
        layer = page.text_layer if self.reader.engine.reads_text_layer else None
        return PageRequest(page.page_index, page.pixels, page.width_pt, page.height_pt, layer, prompt)

    async def _first(self, request: PageRequest, turn: PageTurn) -> Transcript:
        """What ends the run fails this page as well; the reader remembers it."""
        page_index, reading = request.page_index, self.reader.read(request, turn)
        del request
        try:
            return await reading
        except EngineError as error:
            return Transcript.failed(page_index, error)


def _blank(facts: PageFacts, page: PageImage) -> TranscribedPage:
    warnings = (*page.warnings, _LOST_INK) if page.has_objects else page.warnings
    return TranscribedPage(facts, PageStatus.BLANK, warnings=warnings)


def _finished(facts: PageFacts, warnings: tuple[str, ...], readings: list[Reading]) -> TranscribedPage:
    first, best = readings[0], best_of(readings)
    error = first.error if best.error else None
    if error is not None:
        error.source = facts.source.name
        error.page_number = facts.page_index + 1
    return TranscribedPage(
        facts,
        PageStatus.RECOVERED if best.problem is None and first.problem else best.status,
        best.text,
        best.finish_reason,
        best.engine,
        (*warnings, *best.notes, *_said_of(first, best)),
        error,
        tuple(reading.attempt for reading in readings) if first.problem else (),
        best.raw_text if best.raw_text != best.text else None,
        best.missing_words,
        best.confidences,
    )


def _said_of(first: Reading, best: Reading) -> tuple[str, ...]:
    """What the page's status alone does not say of how it was read."""
    if best.way is not None:
        return (f"read in another way ({best.way.value}), because of the first reading: {first.problem}",)
    return (best.problem,) if best.problem and best.status is PageStatus.OK else ()
