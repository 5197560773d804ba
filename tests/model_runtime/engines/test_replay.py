import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_runtime.contract import FinishReason, PageRequest, Runtime
from model_runtime.engines.recording import RecordingRuntime
from model_runtime.engines.replay import Recording, ReplayEngine
from model_runtime.errors import EngineUnavailable, MissingTranscript
from tests.support.requests import request


def test_it_is_a_runtime() -> None:
    assert isinstance(ReplayEngine.from_texts([]), Runtime)


def test_transcripts_come_in_the_order_of_the_pages() -> None:
    with ReplayEngine.from_texts(["one", "two"]) as engine:
        transcripts = list(engine.transcribe([request(4), request(7)]))
    assert [(each.page_index, each.text) for each in transcripts] == [(4, "one"), (7, "two")]


def test_it_draws_a_request_only_when_its_transcript_is_asked_for() -> None:
    drawn = []

    def requests() -> Iterator[PageRequest]:
        for index in range(3):
            drawn.append(index)
            yield request(index)

    transcripts = ReplayEngine.from_texts(["a", "b", "c"]).transcribe(requests())
    next(transcripts)
    assert drawn == [0]


def test_a_page_without_a_transcript_fails_alone() -> None:
    first, second = ReplayEngine.from_texts(["one"]).transcribe([request(0), request(1)])
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
    texts = [each.text for each in ReplayEngine(recordings).transcribe([dark, request(2, shade=77), light])]
    assert texts == ["dark", "whatever comes", "light"]


def test_a_folder_is_played_in_the_order_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "page-02.mmd").write_text("two", "utf-8")
    (tmp_path / "page-01.mmd").write_text("eins äöü", "utf-8")
    (tmp_path / "notes.json").write_text("{}", "utf-8")
    texts = [each.text for each in ReplayEngine.from_path(tmp_path).transcribe([request(), request()])]
    assert texts == ["eins äöü", "two"]


def test_a_file_in_a_folder_may_be_named_by_the_picture(tmp_path: Path) -> None:
    known = request(0, shade=3)
    (tmp_path / f"{known.pixels_sha256()}.mmd").write_text("known", "utf-8")
    (tmp_path / "other.mmd").write_text("other", "utf-8")
    texts = [each.text for each in ReplayEngine.from_path(tmp_path).transcribe([request(1), known])]
    assert texts == ["other", "known"]


def test_what_was_recorded_is_played_back(tmp_path: Path) -> None:
    file = tmp_path / "recordings.jsonl"
    original = ReplayEngine([Recording("first"), Recording("cut o", FinishReason.LENGTH)])
    with RecordingRuntime(original, file) as recorder:
        recorded = list(recorder.transcribe([request(0, shade=1), request(1, shade=2), request(2, shade=3)]))
    assert recorded[2].error is not None
    assert len(file.read_text().splitlines()) == 2, "a page that failed is not recorded"
    with ReplayEngine.from_path(file) as replayed:
        second, first = replayed.transcribe([request(1, shade=2), request(0, shade=1)])
    assert (second.text, second.finish_reason) == ("cut o", FinishReason.LENGTH)
    assert (first.text, first.finish_reason) == ("first", FinishReason.STOP)


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
