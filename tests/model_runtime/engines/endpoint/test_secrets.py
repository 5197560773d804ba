"""F30: the key is nowhere but in the requests."""

from __future__ import annotations

import logging
import pickle
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

import ocr2_loaders
from model_runtime.engines.recording import RecordingEngine
from model_runtime.errors import EngineUnavailable
from ocr2_loaders.settings import CacheSettings, LoadSettings
from tests.support.openai_server import faults
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.pages import numbered_page, numbered_pages
from tests.support.openai_server.running import served
from tests.support.patience import patient
from tests.support.reading import read_all, read_aloud, transcripts_of

CANARY = "canary-9e1c44"


def test_f30_no_log_repr_error_or_recording_holds_the_key(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    app = OpenAiApp(api_key=CANARY, plan=faults.chaos(3, overloaded=0.2, resets=0.2, hangs=0.1))
    with served(app, api_key=CANARY, request_timeout_s=patient(1.0)) as engine:
        recording = RecordingEngine(engine, tmp_path / "recorded.jsonl")
        transcripts = read_all(recording, numbered_pages(30))
        told = [read_aloud(engine, page) for page in numbered_pages(5)]
        seen = f"{engine!r} {engine.identity!r} {engine.settings!r} {transcripts!r} {told!r} {vars(engine)!r}"
    assert app.num_calls > 35
    assert caplog.records
    for text in (seen, caplog.text, (tmp_path / "recorded.jsonl").read_text()):
        assert CANARY not in text


def test_f30_a_refused_key_is_not_in_the_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = OpenAiApp(api_key="another", plan=faults.always(faults.refusal(401, f"wrong key {CANARY[:3]}…")))
    with served(app, api_key=CANARY) as engine, pytest.raises(EngineUnavailable) as caught:
        transcripts_of(engine, numbered_pages(3))
    told = f"{caught.value} {caught.value!r} {pickle.dumps(caught.value)!r} {caplog.text}"
    cause = caught.value.__cause__ or caught.value.__context__
    while cause is not None:
        told += f"{cause} {cause!r}"
        cause = cause.__cause__ or cause.__context__
    assert CANARY not in told


def test_f30_nothing_that_is_kept_or_written_holds_the_key(tmp_path: Path) -> None:
    """The cache, and the document that is made of it."""
    scan = tmp_path / "scan.png"
    Image.fromarray(numbered_page(3, side=64).pixels).save(scan)
    app = OpenAiApp(api_key=CANARY, plan=faults.first(1, faults.refusal(503, f"busy, {CANARY}")))
    settings = LoadSettings(cache=CacheSettings(folder=tmp_path / "cache"))
    with served(app, api_key=CANARY) as engine:
        first = list(ocr2_loaders.load(scan, settings=settings, engine=engine))
        again = list(ocr2_loaders.load(scan, settings=settings, engine=engine))
    assert first[0].text == again[0].text
    assert app.calls.total() == 2
    kept = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept
    with closing(sqlite3.connect(next((tmp_path / "cache").glob("*.sqlite")))) as connection:
        kept += [zlib.decompress(record) for (record,) in connection.execute("SELECT record FROM pages")]
    assert not any(CANARY.encode() in content for content in kept)
    assert CANARY not in repr(first)
