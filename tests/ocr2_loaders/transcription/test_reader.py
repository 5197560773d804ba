"""An engine as a run uses it: its places, loops that are cut short, the time that a page has."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import numpy as np
import pytest

from model_runtime.contract import FinishReason, PageRequest, Tell, Transcript
from model_runtime.errors import EngineTimeout, EngineUnavailable
from ocr2_loaders.settings import RecoverySettings, TranscriptionSettings
from ocr2_loaders.transcription import PageStatus, PageTurn
from tests.support.requests import page_image, request
from tests.support.scripted import ScriptedEngine
from tests.support.transcribing import reader_of, transcribed

WORDS = "Nobody had asked for it. "


class Writing(ScriptedEngine):
    """Writes its text piece by piece, and for ever where the text is to be repeated; lets go of pixels at once."""

    def __init__(self, text: str, *, for_ever: bool = False, **options: Any) -> None:
        super().__init__(lambda _: text, **options)
        self.num_stopped = 0
        self.most_at_once = 0
        self._num_at_once = 0
        self._text = text
        self._for_ever = for_ever

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        page_index = request.page_index
        del request
        self._num_at_once += 1
        self.most_at_once = max(self.most_at_once, self._num_at_once)
        try:
            await self._write(tell)
        except asyncio.CancelledError:
            self.num_stopped += 1
            raise
        finally:
            self._num_at_once -= 1
        return Transcript(page_index, self._text)

    async def _write(self, tell: Tell | None) -> None:
        while True:
            assert tell is not None
            tell(self._text)
            await asyncio.sleep(0)
            if not self._for_ever:
                return


async def test_a_loop_is_broken_off_and_what_was_written_is_kept() -> None:
    engine = Writing(WORDS, for_ever=True)
    transcript = await reader_of(engine).read(request(), PageTurn(0))
    assert engine.num_stopped == 1
    assert transcript.finish_reason is FinishReason.REPETITION
    assert transcript.text == WORDS * (len(transcript.text) // len(WORDS))
    assert len(transcript.text) < 5000


def test_a_page_that_loops_whatever_is_asked_ends_as_one_that_looped() -> None:
    (page,) = transcribed([page_image()], Writing(WORDS, for_ever=True))
    assert (page.status, page.transcript.strip()) == (PageStatus.LOOPED, WORDS.strip())
    assert page.raw_transcript


async def test_a_page_that_the_engine_begins_anew_is_no_loop() -> None:
    class Anew(Writing):
        async def _write(self, tell: Tell | None) -> None:
            assert tell is not None
            for _ in range(400):
                tell(WORDS)
                tell(None)

    transcript = await reader_of(Anew("whole")).read(request(), PageTurn(0))
    assert (transcript.text, transcript.finish_reason) == ("whole", FinishReason.STOP)


async def test_a_page_has_one_deadline_for_all_its_readings() -> None:
    class Slow(Writing):
        async def _write(self, tell: Tell | None) -> None:
            assert tell is not None
            tell("so far")
            await asyncio.sleep(3600)

    engine = Slow("never")
    reader, turn = reader_of(engine), PageTurn(0, limit_s=0.05)
    transcript = await reader.read(request(4), turn)
    assert isinstance(transcript.error, EngineTimeout)
    assert transcript.error.page_number == 5
    assert transcript.text == "so far"
    assert turn.is_over
    assert engine.num_stopped == 1
    assert (await reader.read(request(4), turn)).error is not None


def test_a_page_whose_time_is_over_is_not_read_again() -> None:
    class Slow(Writing):
        async def _write(self, tell: Tell | None) -> None:
            self.num_begun = getattr(self, "num_begun", 0) + 1
            await asyncio.sleep(3600)

    engine = Slow("never")
    settings = TranscriptionSettings(page_timeout_s=0.05, recovery=RecoverySettings(max_missing_words=None))
    (page,) = transcribed([page_image()], engine, settings)
    assert (page.status, engine.num_begun) == (PageStatus.FAILED, 1)


async def test_no_more_pages_are_at_the_engine_than_it_takes_and_the_earliest_waits_least() -> None:
    order: list[int] = []

    async def answer(asked: PageRequest) -> str:
        order.append(asked.page_index)
        await asyncio.sleep(0)
        return "words"

    reader = reader_of(ScriptedEngine(answer, capacity=2))
    tickets = [5, 3, 9, 1, 7]
    await asyncio.gather(*(reader.read(request(ticket), PageTurn(ticket)) for ticket in tickets))
    assert order == [5, 3, 1, 7, 9]
    engine = Writing("words " * 3, capacity=3)
    reader = reader_of(engine)
    await asyncio.gather(*(reader.read(request(index), PageTurn(index)) for index in range(20)))
    assert engine.most_at_once == 3


async def test_a_page_that_gives_up_waiting_takes_no_place() -> None:
    go = asyncio.Event()

    async def answer(asked: PageRequest) -> str:
        await go.wait()
        return str(asked.page_index)

    reader = reader_of(ScriptedEngine(answer))
    first, second, third = (asyncio.create_task(reader.read(request(n), PageTurn(n))) for n in range(3))
    await asyncio.sleep(0)
    second.cancel()
    go.set()
    assert (await first).text == "0"
    assert (await asyncio.wait_for(third, 5)).text == "2"
    assert second.cancelled()


async def test_cancelling_stops_the_engine_before_it_returns() -> None:
    engine = Writing("word ", for_ever=True)
    reading = asyncio.create_task(reader_of(engine).read(request(), PageTurn(0)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert engine.num_stopped == 1


async def test_pixels_are_let_go_while_the_engine_still_writes() -> None:
    go = asyncio.Event()

    class Holding(Writing):
        async def _write(self, tell: Tell | None) -> None:
            await go.wait()

    pixels = np.full((40, 30, 3), 255, np.uint8)
    seen = weakref.ref(pixels)
    reading = asyncio.create_task(reader_of(Holding("words")).read(PageRequest(0, pixels, 30.0, 40.0), PageTurn(0)))
    del pixels
    for _ in range(5):
        await asyncio.sleep(0)
    gc.collect()
    assert seen() is None
    go.set()
    assert (await reading).text == "words"


async def test_an_engine_that_was_closed_says_so() -> None:
    async def answer(_: PageRequest) -> str:
        raise asyncio.CancelledError

    with pytest.raises(EngineUnavailable, match="closed while pages were in flight"):
        await reader_of(ScriptedEngine(answer)).read(request(), PageTurn(0))
