"""The engine over a server that works."""

from __future__ import annotations

import asyncio
import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest

from model_runtime.contract import Engine, FinishReason, Transcript
from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings
from model_runtime.engines.registry import EngineOptions, open_engine
from model_runtime.errors import EmptyTranscript, EngineError, EngineUnavailable, UngroundedTranscript
from model_runtime.vocabulary import Prompt
from tests.support.openai_server import faults
from tests.support.openai_server.app import MODEL, OpenAiApp
from tests.support.openai_server.pages import numbered_page, numbered_pages, transcript_of
from tests.support.openai_server.running import assert_all_good, served, transcribed
from tests.support.openai_server.server import OpenAiServer
from tests.support.reading import read_all, read_aloud, readings, transcripts_of, words_of
from tests.support.waiting import wait_until


def test_every_page_gets_its_own_transcript() -> None:
    app = OpenAiApp()
    assert_all_good(transcribed(app, 60), 60)
    assert app.num_calls == 60


def test_it_is_an_engine_that_knows_its_model_and_reads_again() -> None:
    with served(OpenAiApp()) as engine:
        assert isinstance(engine, Engine)
        assert engine.reads_again
        assert engine.identity.engine == "endpoint"
        assert engine.identity.model == MODEL


def test_what_changes_the_transcripts_changes_the_identity() -> None:
    def identity(**settings: object) -> object:
        chosen = {"model": "m", "base_urls": ("http://one/v1",), **settings}
        return EndpointEngine(EndpointSettings.model_validate(chosen)).identity

    assert len({identity(), identity(ngram_size=30), identity(max_tokens=100), identity(dialect="vllm")}) == 4
    assert identity() == identity(base_urls=("http://elsewhere/v1",), max_tries=2, api_key="k")


def test_the_registry_opens_it_on_the_url_in_the_options() -> None:
    with OpenAiServer(OpenAiApp()) as server, open_engine("auto", EngineOptions(base_urls=(server.url,))) as engine:
        assert engine.identity.engine == "endpoint"
        assert_all_good(transcripts_of(engine, numbered_pages(3)), 3)


def test_it_works_on_as_many_pages_at_once_as_all_its_servers_may_be_given() -> None:
    settings = EndpointSettings(base_urls=("http://one/v1", "http://two/v1"), max_in_flight=5)
    assert EndpointEngine(settings).capacity == 10


def test_no_more_pages_are_in_flight_than_allowed_however_many_are_asked_for() -> None:
    async def when_all_are_there(call: faults.Call) -> None:
        while app.most_in_flight < 5 and not await call.is_gone_within(0.005):
            pass
        await call.complete()

    app = OpenAiApp(plan=faults.always(when_all_are_there))
    with served(app, max_in_flight=5) as engine:
        assert_all_good(transcripts_of(engine, numbered_pages(200)), 200)
    assert app.most_in_flight == 5


def test_a_slow_page_in_front_does_not_stop_those_behind_it() -> None:
    gone = Event()

    async def slow(call: faults.Call) -> None:
        while not gone.is_set():
            await call.is_gone_within(0.01)
        await call.complete()

    app = OpenAiApp(plan=faults.on_page(0, slow))
    with served(app, max_in_flight=4) as engine:
        transcripts: list[Transcript] = []
        run = Thread(target=lambda: transcripts.extend(transcripts_of(engine, numbered_pages(16))))
        run.start()
        wait_until(lambda: app.num_calls == 16)
        gone.set()
        run.join()
    assert_all_good(transcripts, 16)


def test_event_loops_in_several_threads_share_the_engine() -> None:
    app = OpenAiApp(latency_s=0.01)
    with served(app, max_in_flight=4) as engine, ThreadPoolExecutor(2) as threads:
        for transcripts in threads.map(lambda _: transcripts_of(engine, numbered_pages(20)), range(2)):
            assert_all_good(transcripts, 20)
    assert app.most_in_flight == 4


def test_a_pages_pixels_are_let_go_of_while_its_answer_is_waited_for() -> None:
    app = OpenAiApp(plan=faults.always(faults.hang))

    async def scene(engine: EndpointEngine) -> None:
        page = numbered_page(0)
        pixels = weakref.ref(page.pixels)
        reading = asyncio.create_task(engine.read(page))
        del page
        await asyncio.to_thread(wait_until, lambda: app.num_in_flight == 1)
        assert pixels() is None
        reading.cancel()

    with served(app) as engine:
        asyncio.run(scene(engine))


def test_cancelling_a_page_hangs_up_and_leaves_the_others_alone() -> None:
    gone, go = Event(), Event()

    async def slow(call: faults.Call) -> None:
        while not go.is_set():
            if await call.is_gone_within(0.01):
                gone.set()
                return
        await call.complete()

    app = OpenAiApp(plan=faults.always(slow))

    async def scene(engine: EndpointEngine) -> Transcript:
        first, second = (asyncio.create_task(engine.read(numbered_page(page))) for page in range(2))
        await asyncio.to_thread(wait_until, lambda: app.num_in_flight == 2)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        await asyncio.to_thread(wait_until, gone.is_set)
        go.set()
        return await second

    with served(app) as engine:
        assert asyncio.run(scene(engine)).text == transcript_of(1)
    assert app.num_calls == 2


def test_cancelling_a_page_that_is_being_streamed_hangs_up() -> None:
    app = OpenAiApp(plan=faults.always(faults.drip))
    told: list[str | None] = []

    async def scene(engine: EndpointEngine) -> None:
        reading = asyncio.create_task(engine.read(numbered_page(0), told.append))
        await asyncio.to_thread(wait_until, lambda: bool(told))
        reading.cancel()
        await asyncio.to_thread(wait_until, lambda: app.num_in_flight == 0)

    with served(app) as engine:
        asyncio.run(scene(engine))
    assert app.num_calls == 1


def test_a_page_that_is_cancelled_while_it_waits_is_never_sent() -> None:
    go = Event()

    async def slow(call: faults.Call) -> None:
        while not go.is_set():
            await call.is_gone_within(0.01)
        await call.complete()

    app = OpenAiApp(plan=faults.on_page(0, slow))

    async def scene(engine: EndpointEngine) -> list[str]:
        first = asyncio.create_task(engine.read(numbered_page(0)))
        await asyncio.to_thread(wait_until, lambda: app.num_calls == 1)
        second, third = (asyncio.create_task(engine.read(numbered_page(page))) for page in (1, 2))
        await asyncio.sleep(0)
        second.cancel()
        go.set()
        return [(await each).text for each in (first, third)]

    with served(app, max_in_flight=1) as engine:
        assert asyncio.run(scene(engine)) == [transcript_of(0), transcript_of(2)]
    assert app.calls.keys() == {0, 2}


def test_what_is_told_of_a_page_is_its_transcript_in_few_pieces() -> None:
    app = OpenAiApp(lambda _: "words " * 1000)
    with served(app) as engine:
        told, transcript = read_aloud(engine, numbered_page(0, Prompt.FREE_OCR))
    assert transcript.text == words_of(told) == "words " * 1000
    assert 1 < len(told) < 200  # of 1,200 that the server wrote


def test_vllm_is_asked_for_larger_pieces_and_the_count_of_the_prompt() -> None:
    app = OpenAiApp()
    with served(app) as engine:
        read_aloud(engine, numbered_page(0))
        read_all(engine, [numbered_page(1)])
    streamed, whole = app.bodies
    assert (streamed["stream"], streamed["stream_options"]) == (True, {"include_usage": True})
    assert streamed["stream_interval"] > 1
    assert not whole.keys() & {"stream", "stream_options", "stream_interval"}


@pytest.mark.parametrize("owner", ["sglang", "somebody"])
def test_other_servers_are_asked_for_a_stream_and_nothing_that_they_may_not_know(owner: str) -> None:
    app = OpenAiApp(owned_by=owner)
    with served(app) as engine:
        read_aloud(engine, numbered_page(0))
    assert app.bodies[0]["stream"]
    assert not app.bodies[0].keys() & {"stream_options", "stream_interval"}


def test_a_server_that_does_not_stream_is_taken_at_its_word() -> None:
    async def at_once(call: faults.Call) -> None:
        await call.answer_json({"choices": [{"message": {"content": call.text}, "finish_reason": "stop"}]})

    with served(OpenAiApp(plan=faults.always(at_once))) as engine:
        told, transcript = read_aloud(engine, numbered_page(0))
    assert transcript.text == words_of(told) == transcript_of(0)


def test_pieces_come_while_the_server_is_still_writing() -> None:
    seen = Event()

    async def halting(call: faults.Call) -> None:
        await call.begin(200, "text/event-stream")
        await call.event({"choices": [{"delta": {"content": "first"}}]})
        while not seen.is_set():
            await call.is_gone_within(0.01)
        await call.event({"choices": [{"delta": {"content": " last"}, "finish_reason": "stop"}]})
        await call.end_stream()

    told: list[str | None] = []

    def tell(piece: str | None) -> None:
        told.append(piece)
        seen.set()

    with served(OpenAiApp(plan=faults.always(halting))) as engine:
        transcript = asyncio.run(engine.read(numbered_page(0, Prompt.FREE_OCR), tell))
    assert told == ["first", " last"]
    assert transcript == Transcript(0, "first last")


@pytest.mark.parametrize("streamed", [False, True])
def test_token_logprobs_come_when_they_are_asked_for(streamed: bool) -> None:
    with served(OpenAiApp(), logprobs=True) as engine:
        tell = (lambda _: None) if streamed else None
        transcript = asyncio.run(engine.read(numbered_page(0), tell))
    assert transcript.logprobs
    assert set(transcript.logprobs) == {-0.125}
    assert transcript.confidence == pytest.approx(0.8825, abs=1e-4)


@pytest.mark.parametrize(
    ("reason", "expected"), [("length", FinishReason.LENGTH), ("repetition", FinishReason.REPETITION)]
)
def test_f7_a_page_without_its_end_keeps_its_text_and_its_place(reason: str, expected: FinishReason) -> None:
    transcripts = transcribed(OpenAiApp(plan=faults.on_page(2, faults.ends(reason))), 5)
    assert [each.finish_reason for each in transcripts].index(expected) == 2
    assert_all_good(transcripts, 5)


def test_an_empty_answer_is_an_error() -> None:
    app = OpenAiApp(plan=faults.on_page(1, faults.ends("stop", " \n")))
    good, empty, also_good = transcribed(app, 3)
    assert isinstance(empty.error, EmptyTranscript)
    assert empty.finish_reason is FinishReason.ERROR
    assert good.error is also_good.error is None


def test_a_grounded_answer_without_a_tag_is_an_error_that_keeps_the_text() -> None:
    app = OpenAiApp(plan=faults.always(faults.ends("stop", "# Title\n\nwords")))
    with served(app) as engine:
        grounded, free = transcripts_of(engine, [numbered_page(0), numbered_page(1, Prompt.FREE_OCR)])
    assert isinstance(grounded.error, UngroundedTranscript)
    assert grounded.text == "# Title\n\nwords"
    assert free == Transcript(1, "# Title\n\nwords")


def test_tags_whose_special_tokens_the_server_left_out_are_read_and_noted() -> None:
    text = "title[[100, 50, 900, 80]]\n# Title\n\ntext[[100, 100, 900, 200]]\nwords\n"
    (transcript,) = transcribed(OpenAiApp(plan=faults.always(faults.ends("stop", text))), 1)
    assert transcript.error is None
    assert "special tokens" in transcript.notes[0]


def test_closing_twice_is_harmless_and_a_closed_engine_can_start_again() -> None:
    with served(OpenAiApp()) as engine:
        assert_all_good(transcripts_of(engine, numbered_pages(2)), 2)
        engine.close()
        engine.close()
        assert_all_good(transcripts_of(engine, numbered_pages(2)), 2)


@pytest.mark.parametrize("max_in_flight", [1, 3])
def test_pages_under_way_when_the_engine_is_closed_end_in_a_clear_error(max_in_flight: int) -> None:
    """Those that wait for a place as well."""
    app = OpenAiApp(plan=faults.always(faults.hang))
    outcomes: list[Transcript | EngineError] = []
    with served(app, max_in_flight=max_in_flight) as engine:
        reader = Thread(target=lambda: outcomes.extend(read_all(engine, numbered_pages(3))))
        reader.start()
        wait_until(lambda: app.num_in_flight == max_in_flight)
        engine.close()
        reader.join()
        wait_until(lambda: app.num_in_flight == 0)
    assert len(outcomes) == 3
    assert all(isinstance(each, EngineUnavailable) for each in outcomes)
    assert {str(each) for each in outcomes} == {"the endpoint engine was closed while pages were in flight"}


def test_closing_again_and_again_while_pages_are_read_leaves_no_connection() -> None:
    app = OpenAiApp(latency_s=0.002)
    with served(app, max_in_flight=16) as engine:
        for num_pages in range(1, 20):
            enough = app.num_calls + num_pages
            with ThreadPoolExecutor(1) as thread:
                reading = thread.submit(read_all, engine, numbered_pages(40), 20)
                wait_until(lambda enough=enough: app.num_calls >= enough)  # type: ignore[misc]
                engine.close()
            failed = [each for each in reading.result() if not isinstance(each, Transcript)]
            assert all("was closed while pages were in flight" in str(each) for each in failed)
    gc.collect()  # a connection that was left would be an error here


def test_leaving_pages_early_hangs_up() -> None:
    app = OpenAiApp(plan=lambda call: None if call.page == 0 else faults.hang)

    async def scene(engine: EndpointEngine) -> None:
        run = readings(engine, numbered_pages(4))
        first = await anext(run)
        assert isinstance(first, Transcript)
        assert first.text == transcript_of(0)
        await asyncio.to_thread(wait_until, lambda: app.num_calls == 4)
        await run.aclose()
        await asyncio.to_thread(wait_until, lambda: app.num_in_flight == 0)

    with served(app, max_in_flight=3) as engine:
        asyncio.run(scene(engine))
