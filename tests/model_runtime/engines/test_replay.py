import asyncio
import json
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model_runtime.contract import Engine, FinishReason, PageRequest, Transcript
from model_runtime.engines.recording import RecordingEngine
from model_runtime.engines.replay import Recording, ReplayEngine
from model_runtime.errors import EngineUnavailable, MissingTranscript
from tests.support.engines import WaitingEngine
from tests.support.reading import read_all
from tests.support.requests import request
from tests.support.scripted import ScriptedEngine
from tests.support.waiting import wait_until


def played(engine: Engine, *requests: PageRequest) -> list[Transcript]:
    transcripts = read_all(engine, requests)
    assert all(isinstance(each, Transcript) for each in transcripts)
    return transcripts  # type: ignore[return-value] # no error is among them


def test_it_is_an_engine() -> None:
    assert isinstance(ReplayEngine.from_texts([]), Engine)


def test_transcripts_come_in_the_order_in_which_pages_are_begun() -> None:
    with ReplayEngine.from_texts(["one", "two"]) as engine:
        transcripts = played(engine, request(4), request(7))
    assert [(each.page_index, each.text) for each in transcripts] == [(4, "one"), (7, "two")]


def test_pages_of_many_threads_take_each_a_transcript_of_their_own() -> None:
    texts = [str(number) for number in range(400)]
    engine = ReplayEngine.from_texts(texts)
    with ThreadPoolExecutor(4) as threads:
        parts = threads.map(lambda _: played(engine, *[request(number) for number in range(100)]), range(4))
    assert sorted(each.text for part in parts for each in part) == sorted(texts)


def test_a_page_without_a_transcript_fails_alone() -> None:
    first, second = played(ReplayEngine.from_texts(["one"]), request(0), request(1))
    assert first.error is None
    assert isinstance(second.error, MissingTranscript)
    assert second.error.page_number == 2
    assert second.finish_reason is FinishReason.ERROR


def test_a_page_is_known_by_its_picture_whatever_the_order() -> None:
    dark, light = request(0, shade=10), request(1, shade=200)
    recordings = [
        Recording("light", pixels_sha256=light.pixels_sha256()),
        Recording("dark", pixels_sha256=dark.pixels_sha256()),
        Recording("whatever comes"),
    ]
    texts = [each.text for each in played(ReplayEngine(recordings), dark, request(2, shade=77), light)]
    assert texts == ["dark", "whatever comes", "light"]


def test_a_folder_is_played_in_the_order_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "page-02.mmd").write_text("two", "utf-8")
    (tmp_path / "page-01.mmd").write_text("eins äöü", "utf-8")
    (tmp_path / "notes.json").write_text("{}", "utf-8")
    texts = [each.text for each in played(ReplayEngine.from_path(tmp_path), request(), request())]
    assert texts == ["eins äöü", "two"]


def test_a_file_in_a_folder_may_be_named_by_the_picture(tmp_path: Path) -> None:
    known = request(0, shade=3)
    (tmp_path / f"{known.pixels_sha256()}.mmd").write_text("known", "utf-8")
    (tmp_path / "other.mmd").write_text("other", "utf-8")
    texts = [each.text for each in played(ReplayEngine.from_path(tmp_path), request(1), known)]
    assert texts == ["other", "known"]


def test_what_was_recorded_is_played_back(tmp_path: Path) -> None:
    file = tmp_path / "recordings.jsonl"
    original = ReplayEngine([Recording("first"), Recording("cut o", FinishReason.LENGTH)])
    with RecordingEngine(original, file) as recorder:
        recorded = played(recorder, request(0, shade=1), request(1, shade=2), request(2, shade=3))
    assert recorded[2].error is not None
    assert len(file.read_text().splitlines()) == 2, "a page that failed is not recorded"
    with ReplayEngine.from_path(file) as replayed:
        second, first = played(replayed, request(1, shade=2), request(0, shade=1))
    assert (second.text, second.finish_reason) == ("cut o", FinishReason.LENGTH)
    assert (first.text, first.finish_reason) == ("first", FinishReason.STOP)


def test_pages_are_recorded_when_they_end_whoever_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "recordings.jsonl"

    async def answer(asked: PageRequest) -> str:
        await asyncio.sleep(0.001 * (asked.page_index % 7))
        return f"page {asked.page_index} " + "x" * 10_000

    def part(start: int) -> list[Transcript]:
        return played(recorder, *[request(number, shade=number) for number in range(start, start + 20)])

    with RecordingEngine(ScriptedEngine(answer), file) as recorder, ThreadPoolExecutor(4) as threads:
        written = [each for found in threads.map(part, range(0, 80, 20)) for each in found]
    with ReplayEngine.from_path(file) as replayed:
        assert played(replayed, *[request(number, shade=number) for number in range(80)]) == written


def test_a_page_that_is_broken_off_is_not_recorded_and_its_neighbour_is(tmp_path: Path) -> None:
    file = tmp_path / "recordings.jsonl"
    waiting = WaitingEngine()

    async def both() -> None:
        recorder = RecordingEngine(waiting, file)
        assert not recorder.reads_again
        left = asyncio.create_task(recorder.read(request(0)))
        kept = asyncio.create_task(recorder.read(request(1)))
        await asyncio.sleep(0)
        left.cancel()
        await asyncio.wait([left])
        waiting.go.set()
        await kept

    asyncio.run(both())
    assert waiting.stopped.is_set()
    assert len(file.read_text().splitlines()) == 1


def test_the_recorder_keeps_no_pixels_that_its_engine_has_let_go_of(tmp_path: Path) -> None:
    held: list[weakref.ref[object]] = []
    go = threading.Event()

    class Forgetting(WaitingEngine):
        async def read(self, asked: PageRequest, tell: object = None) -> Transcript:
            held.append(weakref.ref(asked.pixels))
            del asked
            while not go.is_set():
                await asyncio.sleep(0.001)
            return Transcript(0, "word")

    async def reading() -> None:
        recorder = RecordingEngine(Forgetting(), tmp_path / "recordings.jsonl")
        page = asyncio.create_task(recorder.read(request(0)))
        while not held:
            await asyncio.sleep(0)
        await asyncio.to_thread(wait_until, lambda: held[0]() is None)
        go.set()
        await page

    asyncio.run(reading())


@pytest.mark.parametrize(
    "content", ["not json", "[1]", '{"finish_reason": "stop"}', json.dumps({"text": "x", "finish_reason": "tired"})]
)
def test_an_unreadable_recording_names_the_file(tmp_path: Path, content: str) -> None:
    file = tmp_path / "recordings.jsonl"
    file.write_text(content)
    with pytest.raises(EngineUnavailable, match=r"recordings\.jsonl"):
        ReplayEngine.from_path(file)


def test_nothing_to_play_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="holds no transcript"):
        ReplayEngine.from_path(tmp_path)
    with pytest.raises(EngineUnavailable, match="absent"):
        ReplayEngine.from_path(tmp_path / "absent")
