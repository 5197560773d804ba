"""F30: the key is nowhere but in the requests."""

from __future__ import annotations

import logging
import pickle
from pathlib import Path

import pytest

from model_runtime.engines.recording import RecordingRuntime
from model_runtime.errors import EngineUnavailable
from tests.support.openai_server import faults
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.pages import numbered_pages
from tests.support.openai_server.running import served

CANARY = "canary-9e1c44"


def test_f30_no_log_repr_error_or_recording_holds_the_key(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    app = OpenAiApp(api_key=CANARY, plan=faults.chaos(3, overloaded=0.2, resets=0.2, hangs=0.1))
    with served(app, api_key=CANARY, request_timeout_s=0.3) as engine:
        recording = RecordingRuntime(engine, tmp_path / "recorded.jsonl")
        transcripts = list(recording.transcribe(numbered_pages(30)))
        list(engine.stream(numbered_pages(5)))
        seen = f"{engine!r} {engine.identity!r} {engine.settings!r} {transcripts!r} {vars(engine)!r}"
    assert app.num_calls > 35
    assert caplog.records
    for text in (seen, caplog.text, (tmp_path / "recorded.jsonl").read_text()):
        assert CANARY not in text


def test_f30_a_refused_key_is_not_in_the_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = OpenAiApp(api_key="another", plan=faults.always(faults.refusal(401, f"wrong key {CANARY[:3]}…")))
    with served(app, api_key=CANARY) as engine, pytest.raises(EngineUnavailable) as caught:
        list(engine.transcribe(numbered_pages(3)))
    told = f"{caught.value} {caught.value!r} {pickle.dumps(caught.value)!r} {caplog.text}"
    cause = caught.value.__cause__ or caught.value.__context__
    while cause is not None:
        told += f"{cause} {cause!r}"
        cause = cause.__cause__ or cause.__context__
    assert CANARY not in told
