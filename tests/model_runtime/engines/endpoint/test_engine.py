"""The engine over a server that works."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from model_runtime.contract import FinishReason, PageRequest, Runtime, StreamingRuntime, Transcript
from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings
from model_runtime.engines.registry import EngineOptions, open_runtime
from model_runtime.errors import EmptyTranscript, EngineUnavailable, UngroundedTranscript
from model_runtime.vocabulary import Prompt
from tests.support.openai_server import faults
from tests.support.openai_server.app import MODEL, OpenAiApp
from tests.support.openai_server.pages import numbered_page, numbered_pages, transcript_of
from tests.support.openai_server.running import assert_all_good, served, transcribed
from tests.support.openai_server.server import OpenAiServer
from tests.support.waiting import wait_until


def test_every_page_gets_its_own_transcript_in_order() -> None:
    app = OpenAiApp()
    assert_all_good(transcribed(app, 60), 60)
    assert app.num_calls == 60


def test_it_is_a_streaming_runtime_that_knows_its_model() -> None:
    with served(OpenAiApp()) as engine:
        assert isinstance(engine, Runtime)
        assert isinstance(engine, StreamingRuntime)
        assert engine.identity.engine == "endpoint"
        assert engine.identity.model == MODEL


def test_what_changes_the_transcripts_changes_the_identity() -> None:
    def identity(**settings: object) -> object:
        chosen = {"model": "m", "base_urls": ("http://one/v1",), **settings}
        return EndpointEngine(EndpointSettings.model_validate(chosen)).identity

    assert len({identity(), identity(ngram_size=30), identity(max_tokens=100), identity(dialect="vllm")}) == 4
    assert identity() == identity(base_urls=("http://elsewhere/v1",), max_tries=2, api_key="k")


def test_the_registry_opens_it_on_the_url_in_the_options() -> None:
    with OpenAiServer(OpenAiApp()) as server, open_runtime("auto", EngineOptions(base_urls=(server.url,))) as runtime:
        assert runtime.identity.engine == "endpoint"
        assert_all_good(list(runtime.transcribe(numbered_pages(3))), 3)


def test_no_more_pages_are_in_flight_than_allowed_and_few_are_drawn_ahead() -> None:
    app = OpenAiApp(latency_s=0.01)
    drawn: list[int] = []

    def pages() -> Iterator[PageRequest]:
        for page in numbered_pages(200):
            drawn.append(page.page_index)
            yield page

    with served(app, max_in_flight=5) as engine:
        for done, transcript in enumerate(engine.transcribe(pages())):
            assert transcript.page_index == done
            assert len(drawn) - done <= 4 * 5
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
        run = Thread(target=lambda: transcripts.extend(engine.transcribe(numbered_pages(16))))
        run.start()
        wait_until(lambda: app.num_calls == 16)
        gone.set()
        run.join()
    assert_all_good(transcripts, 16)


def test_two_runs_at_once_share_the_engine() -> None:
    with served(OpenAiApp(latency_s=0.01), max_in_flight=4) as engine:
        first, second = engine.transcribe(numbered_pages(10)), engine.transcribe(numbered_pages(10))
        pairs = list(zip(first, second, strict=True))
    assert_all_good([one for one, _ in pairs], 10)
    assert_all_good([two for _, two in pairs], 10)


def test_streaming_hands_out_pieces_and_then_the_transcript_they_make() -> None:
    with served(OpenAiApp()) as engine:
        seen = list(engine.stream(numbered_pages(3)))
    ends = [place for place, each in enumerate(seen) if isinstance(each, Transcript)]
    assert_all_good([each for each in seen if isinstance(each, Transcript)], 3)
    assert ends[0] > 10
    assert "".join(str(piece) for piece in seen[: ends[0]]) == transcript_of(0)


def test_pieces_come_while_the_server_is_still_writing() -> None:
    seen = Event()

    async def halting(call: faults.Call) -> None:
        await call.begin(200, "text/event-stream")
        await call.event({"choices": [{"delta": {"content": "first"}}]})
        while not seen.is_set():
            await call.is_gone_within(0.01)
        await call.event({"choices": [{"delta": {"content": " last"}, "finish_reason": "stop"}]})
        await call.end_stream()

    with served(OpenAiApp(plan=faults.always(halting))) as engine:
        stream = engine.stream([numbered_page(0, Prompt.FREE_OCR)])
        assert next(stream) == "first"
        seen.set()
        assert list(stream) == [" last", Transcript(0, "first last")]


@pytest.mark.parametrize("streamed", [False, True])
def test_token_logprobs_come_when_they_are_asked_for(streamed: bool) -> None:
    with served(OpenAiApp(), logprobs=True) as engine:
        (transcript,) = (
            [each for each in engine.stream(numbered_pages(1)) if isinstance(each, Transcript)]
            if streamed
            else engine.transcribe(numbered_pages(1))
        )
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
        grounded, free = engine.transcribe([numbered_page(0), numbered_page(1, Prompt.FREE_OCR)])
    assert isinstance(grounded.error, UngroundedTranscript)
    assert grounded.text == "# Title\n\nwords"
    assert free == Transcript(1, "# Title\n\nwords")


def test_tags_whose_special_tokens_the_server_left_out_are_read_and_noted() -> None:
    text = "title[[100, 50, 900, 80]]\n# Title\n\ntext[[100, 100, 900, 200]]\nwords\n"
    (transcript,) = transcribed(OpenAiApp(plan=faults.always(faults.ends("stop", text))), 1)
    assert transcript.error is None
    assert "special tokens" in transcript.notes[0]


def test_closing_an_iterator_early_hangs_up() -> None:
    app = OpenAiApp(plan=lambda call: None if call.page == 0 else faults.hang)
    with served(app, max_in_flight=3) as engine:
        run = engine.transcribe(numbered_pages(4))
        assert next(run).text == transcript_of(0)
        wait_until(lambda: app.num_calls == 4)
        run.close()
        wait_until(lambda: app.num_in_flight == 0)


def test_closing_twice_is_harmless_and_a_closed_engine_can_start_again() -> None:
    with served(OpenAiApp()) as engine:
        assert_all_good(list(engine.transcribe(numbered_pages(2))), 2)
        engine.close()
        engine.close()
        assert_all_good(list(engine.transcribe(numbered_pages(2))), 2)


def test_pages_in_flight_when_the_engine_is_closed_end_in_a_clear_error() -> None:
    app = OpenAiApp(latency_s=30.0)
    caught: list[EngineUnavailable] = []

    def run(engine: EndpointEngine) -> None:
        with pytest.raises(EngineUnavailable, match="was closed while pages were in flight") as raised:
            list(engine.transcribe(numbered_pages(1)))
        caught.append(raised.value)

    with served(app) as engine:
        reader = Thread(target=run, args=(engine,))
        reader.start()
        wait_until(lambda: app.num_in_flight == 1)
        engine.close()
        reader.join()
    assert len(caught) == 1


def test_closing_the_engine_while_pages_are_still_drawn_ends_the_run_and_leaves_no_connection() -> None:
    app = OpenAiApp(latency_s=0.01)
    drawn, closed = Event(), Event()

    def pages() -> Iterator[PageRequest]:
        yield from numbered_pages(20)
        drawn.set()
        closed.wait()
        yield from numbered_pages(20)

    caught: list[EngineUnavailable] = []

    def run(engine: EndpointEngine) -> None:
        with pytest.raises(EngineUnavailable, match="was closed while pages were in flight") as raised:
            list(engine.transcribe(pages()))
        caught.append(raised.value)

    with served(app, max_in_flight=16) as engine:
        reader = Thread(target=run, args=(engine,))
        reader.start()
        drawn.wait()
        engine.close()
        closed.set()
        reader.join()
    gc.collect()  # a connection that was left would be an error here
    assert len(caught) == 1
