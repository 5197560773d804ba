"""Streams whose end is odd."""

from __future__ import annotations

import pytest

from model_runtime.errors import EngineError
from tests.support.openai_server import faults
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.call import Call
from tests.support.openai_server.pages import numbered_page, transcript_of
from tests.support.openai_server.running import served
from tests.support.reading import read_aloud, words_of


async def stays(call: Call) -> None:
    """Everything is said, and the body does not end."""
    await call.begin(200, "text/event-stream")
    await call.event({"choices": [{"delta": {"content": call.text}, "finish_reason": "stop"}]})
    await call.send({"type": "http.response.body", "body": b"data: [DONE]\n\n", "more_body": True})
    await faults.hang(call)


async def breaks(call: Call) -> None:
    """Everything is said, and then the connection breaks."""
    await call.begin(200, "text/event-stream")
    await call.event({"choices": [{"delta": {"content": call.text}, "finish_reason": "stop"}]})
    await call.send({"type": "http.response.body", "body": b"data: [DONE]\n\n", "more_body": True})
    raise faults.CutOff


@pytest.mark.parametrize("fault", [stays, breaks])
def test_an_answer_that_says_it_is_done_is_whole_however_its_body_ends(fault: faults.Fault) -> None:
    app = OpenAiApp(plan=faults.always(fault))
    with served(app) as engine:
        told, transcript = read_aloud(engine, numbered_page(3))
    assert transcript.error is None
    assert words_of(told) == transcript.text == transcript_of(3)
    assert app.num_calls == 1


@pytest.mark.parametrize("content_type", ["text/event-stream", "text/event-stream; charset=utf-8"])
def test_events_need_no_mark_of_their_end_and_may_have_lines_of_any_kind(content_type: str) -> None:
    body = (
        b': hi\n\nid: 7\r\ndata: {"choices":\r\n'
        b'data: [{"finish_reason":"stop","delta":{"content":"<|ref|>a"}}]}\r\n\r\n'
    )
    with served(OpenAiApp(plan=faults.always(faults.says(body, content_type)))) as engine:
        told, transcript = read_aloud(engine, numbered_page(0))
    assert (told, transcript.text, transcript.error) == (["<|ref|>a"], "<|ref|>a", None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[DONE]",
        b"data: [DONE]\n\n",
        b"data: 7\n\n",
        b"data: []\n\n",
        b"data: \xff\n\n",
        b'data: {"choices":{}}\n\n',
        b'data: {"choices":[{"delta":{"content":7}}]}\n\n',
        b'data: {"choices":[{"delta":null,"finish_reason":"stop"}]}\n\n',
        b'data: {"error":"boom"}\n\n',
    ],
)
def test_a_stream_that_is_no_answer_is_a_typed_error(body: bytes) -> None:
    with served(OpenAiApp(plan=faults.always(faults.says(body, "text/event-stream"))), max_tries=2) as engine:
        told, transcript = read_aloud(engine, numbered_page(0))
    assert isinstance(transcript.error, EngineError)
    assert words_of(told) == transcript.text == ""
