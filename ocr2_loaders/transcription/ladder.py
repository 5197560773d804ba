"""The ladder of recovery: a page that was not read well is read again, each time in another way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from model_runtime.contract import EngineIdentity, FinishReason, PageRequest, Transcript
from model_runtime.errors import EngineError, MissingTranscript
from model_runtime.text_layer import TextLayer
from model_runtime.vocabulary import Prompt
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.settings import RecoveryWay, TranscriptionSettings
from ocr2_loaders.transcription.halves import Half, halves_of, on_whole_page
from ocr2_loaders.transcription.own_text import OWN_TEXT, own_text
from ocr2_loaders.transcription.reader import PageTurn, Reader
from ocr2_loaders.transcription.reading import Reading, judged

_FEWER_CROPS = 2
"""The fewest that the model is ever shown, unless it is shown none; a page is mostly cut into six."""
_LEAST_OWN_TEXT = 0.1
"""Of what an engine wrote, however bad: a text layer with less is a page number beside letters that were drawn."""


@dataclass(frozen=True, slots=True)
class RecoveryMeans:
    """What reading a page again takes: its picture once more, and an engine to fall back on."""

    image_of: Callable[[PageFacts], Awaitable[PageImage | FailedPage]]
    """Renders a page anew, with its text layer. Pictures are not kept: hundreds of pages may be at the engine."""
    fallback: Callable[[], Awaitable[Reader | None]]
    """The embedded engine, where it is installed and not the one that failed."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Reads one page again, in the ways that the settings name and that make sense for the engine."""

    reader: Reader
    settings: TranscriptionSettings
    means: RecoveryMeans
    facts: PageFacts
    layer: TextLayer | None
    turn: PageTurn

    async def climbed(self, first: Reading) -> list[Reading]:
        """The first reading and those that followed, up to the first good one.

        Pages that the replay engine has no transcript of are not read again: the recordings are wrong, not the page.
        """
        readings = [first]
        if isinstance(first.error, MissingTranscript):
            return readings
        for way in self.settings.recovery.ways:
            if readings[-1].problem is None:
                break
            if reading := await self._read(way, readings):
                readings.append(reading)
        return readings

    async def _read(self, way: RecoveryWay, readings: Sequence[Reading]) -> Reading | None:
        """One reading; none where the way leads nowhere, or the page's time is over."""
        if way is RecoveryWay.TEXT_LAYER:
            return self._from_text_layer(readings)
        if self.turn.is_over:
            return None
        if way is RecoveryWay.EMBEDDED:
            reader = await self.means.fallback()
            return await self._asked(reader, way, Prompt.GROUNDED) if reader else None
        if not self.reader.engine.reads_again or any(reading.is_final_word for reading in readings):
            return None
        prompts = (Prompt.FREE_OCR, Prompt.GROUNDED)
        other, own = prompts if not self.settings.free_ocr else reversed(prompts)
        return await self._asked(self.reader, way, other if way is RecoveryWay.OTHER_PROMPT else own)

    def _from_text_layer(self, readings: Sequence[Reading]) -> Reading | None:
        transcript = Transcript(self.facts.page_index, own_text(self.layer))
        reading = self._judged(transcript, OWN_TEXT, RecoveryWay.TEXT_LAYER)
        most = max(each.num_letters for each in readings)
        return reading if reading.num_letters > _LEAST_OWN_TEXT * most else None

    async def _asked(self, reader: Reader, way: RecoveryWay, prompt: Prompt) -> Reading | None:
        request = await self._request(prompt, reader)
        if request is None:
            return None
        if way is RecoveryWay.HALVES:
            halves = list(halves_of(request))
            del request
            transcript = await self._in_halves(reader, halves)
            return self._judged(transcript, reader.identity, way) if transcript else None
        max_crops = _FEWER_CROPS if way is RecoveryWay.FEWER_CROPS else None
        asking = self._alone(reader, replace(request, tight_guard=way is RecoveryWay.TIGHT_GUARD, max_crops=max_crops))
        del request
        return self._judged(await asking, reader.identity, way)

    async def _request(self, prompt: Prompt, reader: Reader) -> PageRequest | None:
        """None where the page cannot be rendered any more."""
        image = await self.means.image_of(self.facts)
        if isinstance(image, FailedPage):
            return None
        layer = image.text_layer if reader.engine.reads_text_layer else None
        return PageRequest(
            image.page_index, image.pixels, image.width_pt, image.height_pt, layer, prompt, is_again=True
        )

    async def _in_halves(self, reader: Reader, halves: list[Half]) -> Transcript | None:
        """Both halves as one transcript; as soon as one is no better than the whole page was, it is the result."""
        texts: list[str] = []
        notes: list[str] = []
        for half in halves:
            if not half.has_ink:
                continue
            transcript = await self._alone(reader, half.request)
            reading = judged(transcript, reader.identity, self.settings.recovery)
            if reading.problem is not None:
                return replace(transcript, text="".join((*texts, on_whole_page(half, transcript.text))))
            texts.append(on_whole_page(half, transcript.text))
            notes += transcript.notes
        if not texts:
            return None
        return Transcript(self.facts.page_index, "\n\n".join(texts), FinishReason.STOP, notes=tuple(notes))

    async def _alone(self, reader: Reader, request: PageRequest) -> Transcript:
        """What would end a whole run here ends this attempt only; the run will find out for itself."""
        page_index, asking = request.page_index, reader.read(request, self.turn)
        del request
        try:
            return await asking
        except EngineError as error:
            return Transcript.failed(page_index, error)

    def _judged(self, transcript: Transcript, engine: EngineIdentity, way: RecoveryWay) -> Reading:
        return judged(transcript, engine, self.settings.recovery, way=way, layer=self.layer)
