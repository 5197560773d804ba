"""The engine over servers that fail; the numbers F1 to F6 are those of the list of faults in the project's papers."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import trustme

from model_runtime.contract import FinishReason, Transcript
from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings
from model_runtime.errors import (
    EngineError,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    PageRejected,
)
from tests.support.http_server import LoopbackServer, body
from tests.support.openai_server import faults
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.pages import numbered_page, numbered_pages, transcript_of
from tests.support.openai_server.running import assert_all_good, served, transcribed
from tests.support.openai_server.server import OpenAiServer
from tests.support.patience import patient
from tests.support.reading import read_all, read_aloud, readings, transcripts_of, words_of
from tests.support.waiting import wait_until


def _engine(*urls: str, **settings: Any) -> EndpointEngine:
    return EndpointEngine(EndpointSettings(base_urls=urls, **settings))


def test_f1_no_page_is_lost_doubled_or_misplaced_among_many_faults() -> None:
    num_pages = 200
    app = OpenAiApp(plan=faults.chaos(7, overloaded=0.3, resets=0.1, hangs=0.02))
    assert_all_good(transcribed(app, num_pages, request_timeout_s=patient(2.0)), num_pages)
    assert app.num_calls < 2.0 * num_pages
    assert app.most_in_flight <= 32


@pytest.mark.parametrize("header", ["garbage", "3600 years", "-3600", "nan"])
def test_f2_nonsense_in_place_of_a_pause_is_not_kept(header: str) -> None:
    """A pause of an hour would end the run."""
    app = OpenAiApp(plan=lambda call: faults.refusal(429, retry_after=header) if call.number == 0 else None)
    assert_all_good(transcribed(app, 1), 1)
    assert app.num_calls == 2


@pytest.mark.parametrize("as_date", [False, True])
def test_f2_a_pause_in_seconds_or_up_to_a_date_is_kept_and_hardly_more(as_date: bool) -> None:
    """Dates have whole seconds, so that the pause up to one is known to a second only."""
    asked_s = 1.5

    def header() -> str:
        until = datetime.now(UTC) + timedelta(seconds=asked_s)
        return format_datetime(until, usegmt=True) if as_date else str(asked_s)

    def plan(call: faults.Call) -> faults.Fault | None:
        return faults.refusal(429, retry_after=header()) if call.number == 0 else None

    app = OpenAiApp(plan=plan)
    assert_all_good(transcribed(app, 1), 1)
    first, second = app.times
    assert second - first >= asked_s - (1.0 if as_date else 0.0)


def test_f2_after_a_pause_no_more_pages_come_at_once_than_before() -> None:
    app = OpenAiApp(plan=faults.first(1, faults.refusal(429, retry_after="0.1")), latency_s=0.005)
    assert_all_good(transcribed(app, 60, max_in_flight=8), 60)
    assert app.most_in_flight <= 8


def test_f2_a_pause_beyond_all_patience_ends_the_run_at_once_and_may_be_tried_again() -> None:
    app = OpenAiApp(plan=faults.always(faults.refusal(429, "come tomorrow", retry_after="3600")))
    with served(app, max_in_flight=4) as engine, pytest.raises(EngineOverloaded, match="come tomorrow") as caught:
        transcripts_of(engine, numbered_pages(50), engine.capacity)
    assert caught.value.retryable
    assert app.num_calls <= 4


def test_f3_a_server_that_recovers_in_time_loses_nothing() -> None:
    well = threading.Event()
    app = OpenAiApp(plan=lambda _: None if well.is_set() else faults.refusal(503, "busy"))
    timer = threading.Timer(1.0, well.set)
    timer.start()
    assert_all_good(transcribed(app, 40), 40)
    timer.join()


def test_f3_a_server_overloaded_for_ever_ends_every_page_and_what_was_finished_is_kept() -> None:
    app = OpenAiApp(plan=lambda call: faults.refusal(503, "busy") if call.page >= 5 else None)
    with served(app, max_in_flight=4, patience_s=patient(0.5)) as engine:
        outcomes = read_all(engine, numbered_pages(1000), engine.capacity)
        assert_all_good(transcripts_of(engine, numbered_pages(3)), 3)
    assert_all_good([each for each in outcomes if isinstance(each, Transcript)], 5)
    assert 5 < len(outcomes) <= 5 + 4
    told = r"no page gets through: the server at \S+ is overloaded \(503\)"
    assert all(isinstance(each, EngineOverloaded) and re.match(told, str(each)) for each in outcomes[5:])
    assert len({id(each) for each in outcomes}) == len(outcomes), "each page has an error of its own"


def test_f3_what_ends_every_page_reaches_those_that_wait_and_those_that_come_while_one_is_under_way() -> None:
    well = threading.Event()

    async def slow(call: faults.Call) -> None:
        while not well.is_set():
            await call.is_gone_within(0.01)
        await call.complete()

    def plan(call: faults.Call) -> faults.Fault | None:
        return slow if call.page == 0 else faults.refusal(404, "gone") if call.page == 1 else None

    app = OpenAiApp(plan=plan)

    async def scene(engine: EndpointEngine) -> list[object]:
        first = asyncio.create_task(engine.read(numbered_page(0)))
        await asyncio.to_thread(wait_until, lambda: app.num_calls == 1)
        others = await asyncio.gather(*(engine.read(numbered_page(n)) for n in range(1, 4)), return_exceptions=True)
        late = await asyncio.gather(engine.read(numbered_page(4)), return_exceptions=True)
        well.set()
        return [await first, *others, *late, await engine.read(numbered_page(5))]

    with served(app, max_in_flight=2) as engine:
        first, *ended, last = asyncio.run(scene(engine))
    assert (first, last) == (Transcript(0, transcript_of(0)), Transcript(5, transcript_of(5)))
    assert [type(each) for each in ended] == [EngineUnavailable] * 4
    assert app.calls.keys() == {0, 1, 5}


@pytest.mark.parametrize("status", [400, 413, 422])
def test_f4_a_refused_page_is_asked_for_once_and_the_others_go_on(status: int) -> None:
    app = OpenAiApp(plan=faults.on_page(3, faults.refusal(status, "prompt too long")))
    transcripts = transcribed(app, 8)
    assert isinstance(transcripts[3].error, PageRejected)
    assert "prompt too long" in str(transcripts[3].error)
    assert not transcripts[3].error.retryable
    assert app.calls[3] == 1
    assert_all_good([*transcripts[:3], Transcript(3, transcript_of(3)), *transcripts[4:]], 8)


def test_f4_a_wrong_key_ends_the_run_before_any_page_is_sent() -> None:
    app = OpenAiApp(api_key="right")
    with served(app, api_key="wrong") as engine, pytest.raises(EngineUnavailable, match="answered 401") as caught:
        transcripts_of(engine, numbered_pages(50), engine.capacity)
    assert engine.settings.base_urls[0] in str(caught.value)
    assert "OCR2_ENDPOINT_API_KEY" in str(caught.value)
    assert app.num_calls == 0


def test_f4_a_model_that_is_not_there_ends_the_run_naming_what_is() -> None:
    app = OpenAiApp()
    told = "serves deepseek-ai/DeepSeek-OCR-2, not other/model"
    with served(app, model="other/model") as engine, pytest.raises(EngineUnavailable, match=told):
        transcripts_of(engine, numbered_pages(50), engine.capacity)
    assert app.num_calls == 0


@pytest.mark.parametrize("status", [401, 404])
def test_f4_a_refusal_of_all_pages_in_mid_run_ends_those_that_follow_and_keeps_what_was_finished(status: int) -> None:
    app = OpenAiApp(plan=lambda call: faults.refusal(status, "gone") if call.page >= 10 else None)
    with served(app, max_in_flight=2) as engine:
        outcomes = read_all(engine, numbered_pages(500))
    assert len(outcomes) == 500
    assert_all_good([each for each in outcomes if isinstance(each, Transcript)], 10)
    assert all(isinstance(each, EngineUnavailable) for each in outcomes[10:])
    assert {f"answered {status}: gone" in str(each) for each in outcomes[10:]} == {True}
    assert app.num_calls <= 12


def test_f4_a_page_with_a_fault_of_its_own_fails_alone_though_all_others_are_ended() -> None:
    async def at_last(call: faults.Call) -> None:
        while app.calls[1] == 0 or app.num_in_flight > 1:
            await call.is_gone_within(0.01)
        await call.refuse(422, "too long")

    app = OpenAiApp(plan=lambda call: at_last if call.page == 0 else faults.refusal(404, "gone"))
    with served(app, max_in_flight=2) as engine:
        refused, ended = read_all(engine, numbered_pages(2))
    assert isinstance(refused, Transcript)
    assert isinstance(refused.error, PageRejected)
    assert isinstance(ended, EngineUnavailable)


def _url_of_nobody() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


@pytest.mark.parametrize("url", [pytest.param(_url_of_nobody(), id="no server"), "http://no-such-host.invalid/v1"])
def test_f5_no_server_at_all_is_said_soon(url: str) -> None:
    with _engine(url, connect_patience_s=0.2) as engine:
        with pytest.raises(EngineUnavailable, match="no server answers at") as caught:
            transcripts_of(engine, numbered_pages(3), engine.capacity)
        assert url in str(caught.value)
        with pytest.raises(EngineUnavailable, match="no server answers at"):
            _ = engine.identity


def test_f5_a_certificate_that_nobody_vouches_for_ends_the_run_at_once() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with LoopbackServer({}, tls) as server, _engine(server.url("/v1")) as engine:  # noqa: SIM117 # too long for one
        with pytest.raises(EngineUnavailable, match="no trusted connection"):
            transcripts_of(engine, numbered_pages(3), engine.capacity)


def test_f5_a_web_server_is_no_endpoint() -> None:
    hello = body(b"<!DOCTYPE html><html>", Content_Type="text/html")
    told = "is no OpenAI-compatible endpoint: it answered '<!DOCTYPE"
    with LoopbackServer({"/v1/models": hello}) as server, _engine(server.url("/v1")) as engine:  # noqa: SIM117 # too long
        with pytest.raises(EngineUnavailable, match=told):
            transcripts_of(engine, numbered_pages(3), engine.capacity)


@pytest.mark.parametrize(
    "fault",
    [
        faults.says(b"<html>login</html>", "text/html"),
        faults.says(b""),
        faults.says(b"{not json"),
        faults.says(b"\xff\xfe{}"),
        faults.says(b"[]"),
        faults.says(b"null"),
        faults.says(b"{}"),
        faults.says(b'{"choices": []}'),
        faults.says(b'{"choices": null}'),
        faults.says(b'{"choices": [{}]}'),
        faults.says(b'{"choices": [{"message": {"content": null}, "finish_reason": "stop"}]}'),
        faults.says(b'{"choices": [{"message": {"content": 7}, "finish_reason": "stop"}]}'),
        faults.says(b'{"error": {"message": "CUDA out of memory"}}'),
        faults.says(gzip.compress(b"{}")[:-9] + b"garbage!!", content_encoding="gzip"),
    ],
)
def test_f5_a_body_that_is_no_answer_is_tried_again_and_then_a_typed_error(fault: faults.Fault) -> None:
    app = OpenAiApp(plan=faults.on_page(1, fault))
    first, second, third = transcribed(app, 3)
    assert isinstance(second.error, EngineError)
    assert second.finish_reason is FinishReason.ERROR
    assert 1 < app.calls[1] <= 4
    assert first.text == transcript_of(0)
    assert third.text == transcript_of(2)


@pytest.mark.parametrize("fault", [faults.says(b""), faults.says(b'{"choices": []}'), faults.reset])
def test_f5_a_broken_answer_followed_by_a_good_one_costs_nothing(fault: faults.Fault) -> None:
    assert_all_good(transcribed(OpenAiApp(plan=faults.first(1, fault)), 5), 5)


def _streamed(app: OpenAiApp, **settings: Any) -> tuple[list[str | None], Transcript]:
    with served(app, **settings) as engine:
        return read_aloud(engine, numbered_page(0))


BREAKS = [faults.error_in_stream, faults.cut_stream, faults.broken_stream, faults.garbage_in_stream]


@pytest.mark.parametrize("fault", BREAKS)
def test_f6_a_stream_that_breaks_off_again_and_again_is_no_page_and_keeps_what_came_last(fault: faults.Fault) -> None:
    app = OpenAiApp(plan=faults.always(fault))
    told, last = _streamed(app, max_tries=3)
    assert isinstance(last.error, EngineError)
    assert last.finish_reason is FinishReason.ERROR
    assert last.text == words_of(told) == transcript_of(0)[:20]
    assert told.count(None) == 2
    assert app.num_calls == 3


@pytest.mark.parametrize("fault", BREAKS)
def test_f6_a_page_whose_stream_breaks_off_is_begun_anew_and_loses_nothing(fault: faults.Fault) -> None:
    told, last = _streamed(OpenAiApp(plan=faults.first(2, fault)))
    assert last == Transcript(0, transcript_of(0))
    assert words_of(told) == transcript_of(0)
    assert told.count(None) == 2


def test_f6_an_error_in_a_stream_that_is_the_pages_own_is_met_once() -> None:
    async def refused(call: faults.Call) -> None:
        await call.begin(200, "text/event-stream")
        await call.event({"error": {"message": "prompt too long", "code": 400}})
        await call.end_stream()

    app = OpenAiApp(plan=faults.always(refused))
    _, last = _streamed(app)
    assert isinstance(last.error, PageRejected)
    assert "prompt too long" in str(last.error)
    assert app.num_calls == 1


def test_f6_a_stream_refused_before_its_first_piece_is_tried_again_and_nothing_is_taken_back() -> None:
    told, last = _streamed(OpenAiApp(plan=faults.first(2, faults.refusal(503))))
    assert None not in told
    assert words_of(told) == last.text == transcript_of(0)
    assert last.error is None


def test_f6_a_dripping_answer_meets_the_deadline_of_the_whole() -> None:
    told, last = _streamed(OpenAiApp(plan=faults.always(faults.drip)), request_timeout_s=patient(0.5), max_tries=2)
    assert isinstance(last.error, EngineTimeout)
    assert last.text == words_of(told)
    assert set(last.text) == {"x"}


@pytest.mark.parametrize("reason", [None, "abort", "error", "content_filter", "tool_calls"])
@pytest.mark.parametrize("streamed", [False, True])
def test_f6_only_a_known_finish_reason_makes_a_page(reason: str | None, streamed: bool) -> None:
    app = OpenAiApp(plan=faults.always(faults.ends(reason)))
    if streamed:
        _, last = _streamed(app, max_tries=2)
    else:
        (last,) = transcribed(app, 1, max_tries=2)
    assert isinstance(last.error, EngineError)
    assert last.finish_reason is FinishReason.ERROR
    assert last.text == transcript_of(0)


def test_a_hanging_server_times_out_and_the_page_is_given_up_after_a_few_tries() -> None:
    app = OpenAiApp(plan=faults.on_page(1, faults.hang))
    transcripts = transcribed(app, 3, request_timeout_s=patient(1.0))
    assert isinstance(transcripts[1].error, EngineTimeout)
    assert app.calls[1] == 4
    assert [each.error is None for each in transcripts] == [True, False, True]


def test_the_retries_of_a_whole_run_are_bounded() -> None:
    app = OpenAiApp(plan=faults.always(faults.reset))
    transcripts = transcribed(app, 100, spare_retries=50, max_in_flight=4)
    assert all(isinstance(each.error, EngineError) for each in transcripts)
    assert app.num_calls <= 150


def test_a_server_that_takes_few_pages_is_given_few() -> None:
    app = OpenAiApp(latency_s=0.02)
    app.plan = lambda _: faults.refusal(429) if app.num_in_flight > 4 else None
    with served(app, max_in_flight=32) as engine:
        assert_all_good(transcripts_of(engine, numbered_pages(150), engine.capacity), 150)


async def _read_until_then(engine: EndpointEngine, num_pages: int, then: Callable[[], None]) -> list[Transcript]:
    """All pages, with something that is done when 20 of them are there."""
    transcripts = []
    async for outcome in readings(engine, numbered_pages(num_pages), 4 * engine.capacity):
        assert isinstance(outcome, Transcript)
        transcripts.append(outcome)
        if len(transcripts) == 20:
            then()
    return transcripts


def test_f12_a_server_that_is_restarted_in_mid_run_loses_nothing() -> None:
    app = OpenAiApp(latency_s=0.02)
    with OpenAiServer(app) as server, _engine(server.url, max_in_flight=4) as engine:
        restart = threading.Timer(0.5, server.start)

        def stop_for_a_while() -> None:
            server.stop()
            restart.start()

        transcripts = asyncio.run(_read_until_then(engine, 120, stop_for_a_while))
        restart.join()
    assert_all_good(transcripts, 120)


def test_f12_of_two_servers_one_dies_and_the_work_moves() -> None:
    first, second = OpenAiApp(latency_s=0.01), OpenAiApp(latency_s=0.01)
    with OpenAiServer(first) as dying, OpenAiServer(second) as living:  # noqa: SIM117 # too long for one
        with _engine(dying.url, living.url, max_in_flight=4) as engine:
            transcripts = asyncio.run(_read_until_then(engine, 120, dying.stop))
    assert_all_good(transcripts, 120)
    assert first.num_calls
    assert second.num_calls >= 120 - 20 - 4 * 2 * 4  # what was neither handed out nor begun when the first one died


def test_a_server_without_a_list_of_models_is_believed_when_a_model_is_named() -> None:
    app = OpenAiApp()
    app.lists_models = False
    assert_all_good(transcribed(app, 3, model="some/model"), 3)
    assert app.bodies[0]["model"] == "some/model"


def test_a_run_begins_anew_after_one_that_was_ended() -> None:
    app = OpenAiApp(plan=faults.always(faults.refusal(404, "loading")))
    with served(app) as engine:
        with pytest.raises(EngineUnavailable, match="loading"):
            transcripts_of(engine, numbered_pages(2), engine.capacity)
        app.plan = lambda _: None
        assert_all_good(transcripts_of(engine, numbered_pages(2), engine.capacity), 2)
