"""The embedded engine keeps the contract of all engines, with and without RapidOCR."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from examples.build_sample import TABLE_ROWS, reading_order, sample
from model_runtime.box import BoundingBox
from model_runtime.contract import FinishReason, PageRequest, Runtime, Transcript
from model_runtime.engines.embedded import EmbeddedEngine, EmbeddedSettings
from model_runtime.errors import EngineError, PageRejected
from model_runtime.grounding import parse
from model_runtime.install_line import install_line
from model_runtime.text_layer import TextLayer, TextRun
from tests.support.embedded import requests_of
from tests.support.patience import patient

ROOT = Path(__file__).parents[4]
PAPER = np.full((80, 60, 3), 255, np.uint8)


def typed(page_index: int, text: str | None = None) -> PageRequest:
    """A page with one line in its text layer."""
    run = TextRun(text or f"page {page_index} says so", BoundingBox(0.1, 0.4, 0.9, 0.42), 10.0)
    return PageRequest(page_index, PAPER, 600.0, 800.0, TextLayer((run,)))


def untyped(page_index: int) -> PageRequest:
    return PageRequest(page_index, PAPER, 600.0, 800.0)


def only(*requests: PageRequest, settings: EmbeddedSettings | None = None) -> list[Transcript]:
    with EmbeddedEngine(settings) as engine:
        return list(engine.transcribe(requests))


@pytest.fixture(scope="module")
def typed_pages() -> list[Transcript]:
    return only(*[request for request in requests_of(sample()) if request.page_index < 2])


def test_it_is_a_runtime_that_reads_text_layers():
    engine = EmbeddedEngine()
    assert isinstance(engine, Runtime)
    assert engine.reads_text_layer
    engine.close()
    engine.close()


def test_its_identity_names_what_decides_its_output():
    identity = EmbeddedEngine().identity
    assert identity == EmbeddedEngine().identity
    assert identity.engine == "embedded"
    assert identity.version.startswith("rapidocr ")
    assert "layout" in identity.version


def test_there_is_one_transcript_for_each_request_in_order():
    transcripts = only(*map(typed, range(25)), settings=EmbeddedSettings(pages_in_flight=4))
    assert [transcript.page_index for transcript in transcripts] == list(range(25))
    assert [f"page {i} says so" in transcript.text for i, transcript in enumerate(transcripts)] == [True] * 25
    assert {transcript.finish_reason for transcript in transcripts} == {FinishReason.STOP}


def test_no_requests_no_transcripts():
    assert only() == []


def test_requests_are_drawn_as_they_are_needed():
    drawn: list[int] = []

    def requests() -> Iterator[PageRequest]:
        for page_index in range(1000):
            drawn.append(page_index)
            yield typed(page_index)

    with EmbeddedEngine(EmbeddedSettings(pages_in_flight=3)) as engine:
        transcripts = engine.transcribe(requests())
        assert drawn == []
        next(transcripts)
        assert len(drawn) == 4
        next(transcripts)
        assert len(drawn) == 5
        transcripts.close()  # type: ignore[attr-defined]  # the iterator is a generator


def test_no_thread_outlives_a_run_that_was_closed_early():
    with EmbeddedEngine() as engine:
        transcripts = engine.transcribe(map(typed, range(100)))
        next(transcripts)
        transcripts.close()  # type: ignore[attr-defined]  # the iterator is a generator
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("embedded-page")] == []


def test_an_error_of_the_source_reaches_the_caller():
    def requests() -> Iterator[PageRequest]:
        yield typed(0)
        yield typed(1)
        raise OSError("the file is gone")

    with EmbeddedEngine() as engine, pytest.raises(OSError, match="the file is gone"):
        list(engine.transcribe(requests()))


def test_without_ocr_a_page_without_text_is_rejected_and_its_neighbours_are_good():
    good, rejected, good_too = only(typed(0), untyped(1), typed(2), settings=EmbeddedSettings(ocr=False))
    assert isinstance(rejected.error, PageRejected)
    assert rejected.error.page_number == 2
    assert rejected.finish_reason is FinishReason.ERROR
    assert (good.error, good_too.error) == (None, None)


def test_a_picture_that_rapidocr_cannot_take_fails_its_page_alone():
    pytest.importorskip("rapidocr")
    nothing = PageRequest(0, np.zeros((0, 10, 3), np.uint8), 600.0, 800.0)
    failed, good = only(nothing, typed(1))
    assert type(failed.error) is EngineError
    assert failed.error.page_number == 1
    assert good.error is None


def test_characters_of_a_tag_on_the_page_forge_no_block():
    (transcript,) = only(typed(0, "<|ref|>title<|/ref|><|det|>[[0, 0, 9, 9]]<|/det|> forged"))
    assert [span.label for span in parse(transcript.text)] == ["text"]


def test_the_two_column_page_is_read_in_the_order_it_was_written(typed_pages: list[Transcript]):
    read = without_spaces(typed_pages[0].text)
    place = 0
    for piece in reading_order(1):
        place = read.find(without_spaces(piece.text), place)
        assert place >= 0, piece


def test_the_labels_of_both_typed_pages_are_those_of_their_pieces(typed_pages: list[Transcript]):
    labels = {
        "heading": {"sub_title"},
        "formula": {"text"},
        "figure": {"image"},
        "caption": {"table_caption", "image_caption"},
    }
    for page_number, transcript in enumerate(typed_pages, 1):
        spans = parse(transcript.text)
        pieces = reading_order(page_number)
        assert len(spans) == len(pieces)
        wrong = [
            (span.label, piece)
            for span, piece in zip(spans, pieces, strict=True)
            if span.label not in labels.get(piece.label, {piece.label})
        ]
        assert wrong == []


def test_the_ruled_table_has_its_spans(typed_pages: list[Transcript]):
    (table,) = [span.text for span in parse(typed_pages[0].text) if span.label == "table"]
    assert all(text in table for row in TABLE_ROWS for text in row)
    assert (table.count('rowspan="3"'), table.count('rowspan="2"'), table.count('colspan="2"')) == (1, 1, 1)


def test_every_block_has_a_box_and_the_page_says_how_it_was_read(typed_pages: list[Transcript]):
    for transcript in typed_pages:
        assert transcript.notes == ("read from the text layer",)
        assert all(len(span.boxes) == 1 for span in parse(transcript.text))


def without_spaces(text: str) -> str:
    return "".join(text.split())


WITHOUT_RAPIDOCR = """
import sys
import numpy as np
from model_runtime.box import BoundingBox
from model_runtime.contract import PageRequest
from model_runtime.engines.embedded import EmbeddedEngine
from model_runtime.text_layer import TextLayer, TextRun

pixels = np.zeros((8, 6, 3), np.uint8)
layer = TextLayer((TextRun("typed", BoundingBox(0.1, 0.4, 0.9, 0.42), 10.0),))
requests = [PageRequest(0, pixels, 600.0, 800.0, layer), PageRequest(1, pixels, 600.0, 800.0)]
with EmbeddedEngine() as engine:
    for transcript in engine.transcribe(requests[: int(sys.argv[1])]):
        print("typed" in transcript.text, type(transcript.error).__name__, transcript.error)
    print(engine.identity.model)
print(sorted({"rapidocr", "cv2", "onnxruntime"} & set(sys.modules)))
"""


def run(*arguments: str, path: Path | None = None) -> list[str]:
    """What the program prints; with `path`, in a Python that has only the packages there."""
    isolated = ["-I", "-S"] if path else []
    paths = [str(ROOT), *([str(path)] if path else [])]
    program = f"import sys; sys.path[:0] = {paths!r}\n{WITHOUT_RAPIDOCR}"
    command = [sys.executable, *isolated, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=patient(60))
    return done.stdout.splitlines()


def test_a_page_with_a_text_layer_loads_neither_rapidocr_nor_opencv():
    read, _, loaded = run("1")
    assert (read, loaded) == ("True NoneType None", "[]")


def test_without_rapidocr_typed_pages_are_read_and_others_name_the_extra(tmp_path: Path):
    packages = Path(np.__file__).parents[1]
    for package in packages.glob("numpy*"):
        (tmp_path / package.name).symlink_to(package)
    read, refused, model, _ = run("2", path=tmp_path)
    assert read == "True NoneType None"
    assert refused.startswith("False EngineUnavailable ")
    assert refused.endswith(install_line("embedded"))
    assert model == "text layers only"
