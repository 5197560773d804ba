"""The ladder of recovery: a page that was not read well is read again, each time in another way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from model_runtime.contract import EngineIdentity, FinishReason, PageRequest, Runtime, Transcript, reads_again
from model_runtime.errors import EngineError, MissingTranscript
from model_runtime.text_layer import TextLayer
from model_runtime.vocabulary import Prompt
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.settings import RecoverySettings, RecoveryWay, TranscriptionSettings
from ocr2_loaders.sources.source import Source
from ocr2_loaders.transcription.halves import halves_of, on_whole_page
from ocr2_loaders.transcription.own_text import OWN_TEXT, own_text
from ocr2_loaders.transcription.reading import Reading, judged

_FEWER_CROPS = 2
"""The fewest that the model is ever shown, unless it is shown none; a page is mostly cut into six."""
_LEAST_OWN_TEXT = 0.1
"""Of what an engine wrote, however bad: a text layer with less is a page number beside letters that were drawn."""


@dataclass(frozen=True, slots=True)
class RecoveryMeans:
    """What reading a page again takes: its picture once more, and an engine to fall back on."""

    image_of: Callable[[Source, int], PageImage | FailedPage]
    """Renders a page anew, with its text layer. Pictures are not kept: hundreds of pages may be at the engine."""
    fallback: Callable[[], Runtime | None]
    """The embedded engine, where it is installed and not the one that failed."""


class Ladder:
    """Reads pages again, in the ways that the settings name and that make sense for the engine."""

    def __init__(self, runtime: Runtime, settings: TranscriptionSettings, means: RecoveryMeans) -> None:
        self._runtime = runtime
        self._settings = settings
        self._means = means
        self._asks_again = reads_again(runtime)

    def climbed(self, first: Reading, source: Source, page_index: int, layer: TextLayer | None) -> list[Reading]:
        """The first reading and those that followed, up to the first good one.

        Pages that the replay engine has no transcript of are not read again: the recordings are wrong, not the page.
        """
        readings = [first]
        if isinstance(first.error, MissingTranscript):
            return readings
        page = _Page(source, page_index, layer, self._means)
        for way in self._settings.recovery.ways:
            if readings[-1].problem is None:
                break
            readings += self._read(way, page, readings)
        return readings

    def _read(self, way: RecoveryWay, page: _Page, readings: Sequence[Reading]) -> Iterator[Reading]:
        """One reading; none where the way leads nowhere."""
        if way is RecoveryWay.TEXT_LAYER:
            reading = self._judged(Transcript(page.index, own_text(page.layer)), OWN_TEXT, way, page)
            if reading.num_letters > _LEAST_OWN_TEXT * max(each.num_letters for each in readings):
                yield reading
        elif way is RecoveryWay.EMBEDDED:
            engine = self._means.fallback()
            if engine and (request := page.request(Prompt.GROUNDED, engine)):
                yield self._judged(_asked(engine, request), engine.identity, way, page)
        elif self._may_ask_again(readings) and (transcript := self._read_by_same_engine(way, page)):
            yield self._judged(transcript, self._runtime.identity, way, page)

    def _may_ask_again(self, readings: Sequence[Reading]) -> bool:
        return self._asks_again and not any(reading.is_final_word for reading in readings)

    def _read_by_same_engine(self, way: RecoveryWay, page: _Page) -> Transcript | None:
        first, other = Prompt.GROUNDED, Prompt.FREE_OCR
        if self._settings.free_ocr:
            first, other = other, first
        request = page.request(other if way is RecoveryWay.OTHER_PROMPT else first, self._runtime)
        if request is None:
            return None
        if way is RecoveryWay.HALVES:
            return _in_halves(self._runtime, request, self._settings.recovery)
        max_crops = _FEWER_CROPS if way is RecoveryWay.FEWER_CROPS else None
        return _asked(self._runtime, replace(request, tight_guard=way is RecoveryWay.TIGHT_GUARD, max_crops=max_crops))

    def _judged(self, transcript: Transcript, engine: EngineIdentity, way: RecoveryWay, page: _Page) -> Reading:
        return judged(transcript, engine, self._settings.recovery, way=way, layer=page.layer)


class _Page:
    """A page on the ladder; it is rendered when the first way needs its picture, and then only once."""

    def __init__(self, source: Source, index: int, layer: TextLayer | None, means: RecoveryMeans) -> None:
        self.index = index
        self.layer = layer
        self._source = source
        self._means = means
        self._image: PageImage | FailedPage | None = None

    def request(self, prompt: Prompt, engine: Runtime) -> PageRequest | None:
        """None where the page cannot be rendered any more."""
        if self._image is None:
            self._image = self._means.image_of(self._source, self.index)
        if isinstance(self._image, FailedPage):
            return None
        image = self._image
        layer = image.text_layer if engine.reads_text_layer else None
        return PageRequest(self.index, image.pixels, image.width_pt, image.height_pt, layer, prompt)


def _asked(engine: Runtime, request: PageRequest) -> Transcript:
    """One page alone. What would end a whole run here ends this attempt only; the run will find out for itself."""
    try:
        (transcript,) = engine.transcribe([request])
    except EngineError as error:
        return Transcript.failed(request.page_index, error)
    return transcript


def _in_halves(engine: Runtime, request: PageRequest, settings: RecoverySettings) -> Transcript | None:
    """Both halves as one transcript; as soon as one is no better than the whole page was, it is the result."""
    texts: list[str] = []
    notes: list[str] = []
    for half in halves_of(request):
        if half.has_ink:
            transcript = _asked(engine, half.request)
            reading = judged(transcript, engine.identity, settings)
            if reading.problem is not None:
                return replace(transcript, text="".join((*texts, on_whole_page(half, transcript.text))))
            texts.append(on_whole_page(half, transcript.text))
            notes += transcript.notes
    if not texts:
        return None
    return Transcript(request.page_index, "\n\n".join(texts), FinishReason.STOP, notes=tuple(notes))
