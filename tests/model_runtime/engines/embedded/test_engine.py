"""The embedded engine keeps the contract of all engines, with and without RapidOCR."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from examples.build_sample import TABLE_ROWS, reading_order, sample
from model_runtime.box import BoundingBox
from model_runtime.contract import Engine, FinishReason, PageRequest, Transcript
from model_runtime.engines.embedded import EmbeddedEngine, EmbeddedSettings
from model_runtime.errors import EngineError, EngineUnavailable, PageRejected
from model_runtime.grounding import parse
from model_runtime.install_line import install_line
from model_runtime.text_layer import TextLayer, TextRun
from tests.support.embedded import requests_of
from tests.support.patience import patient
from tests.support.reading import read_all
from tests.support.waiting import wait_until

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
        return all_of(engine, *requests)


def all_of(engine: EmbeddedEngine, *requests: PageRequest) -> list[Transcript]:
    transcripts = read_all(engine, requests)
    assert all(isinstance(each, Transcript) for each in transcripts)
    return transcripts  # type: ignore[return-value] # no error is among them


class Held(EmbeddedEngine):
    """Pages lie in the hands of the engine's threads until `go` is set."""

    def __init__(self, num_pages: int) -> None:
        super().__init__(EmbeddedSettings(pages_in_flight=num_pages))
        self.go = threading.Event()
        self.begun: list[int] = []

    def _transcribed(self, request: PageRequest) -> Transcript:
        self.begun.append(request.page_index)
        assert self.go.wait(patient(60))
        return super()._transcribed(request)


def held(num_pages: int, then: Callable[[Held, list[asyncio.Task[Transcript]]], object], *, of: int) -> Held:
    """Has `num_pages` of `of` pages begun, and does something then."""

    async def reading() -> None:
        tasks = [asyncio.create_task(engine.read(typed(index))) for index in range(of)]
        while len(engine.begun) < num_pages:
            await asyncio.sleep(0.001)
        then(engine, tasks)
        engine.go.set()
        await asyncio.wait(tasks)

    engine = Held(num_pages)
    asyncio.run(reading())
    return engine


def threads_of_pages() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("embedded-page")]


@pytest.fixture(scope="module")
def typed_pages() -> list[Transcript]:
    return only(*[request for request in requests_of(sample()) if request.page_index < 2])


def test_it_is_an_engine_that_reads_text_layers():
    engine = EmbeddedEngine(EmbeddedSettings(pages_in_flight=3))
    assert isinstance(engine, Engine)
    assert engine.reads_text_layer
    assert engine.capacity == 3
    engine.close()
    engine.close()


def test_its_identity_names_what_decides_its_output():
    identity = EmbeddedEngine().identity
    assert identity == EmbeddedEngine().identity
    assert identity.engine == "embedded"
    assert identity.version.startswith("rapidocr ")
    assert "layout" in identity.version


def test_there_is_one_transcript_for_each_request():
    transcripts = only(*map(typed, range(25)), settings=EmbeddedSettings(pages_in_flight=4))
    assert [transcript.page_index for transcript in transcripts] == list(range(25))
    assert [f"page {i} says so" in transcript.text for i, transcript in enumerate(transcripts)] == [True] * 25
    assert {transcript.finish_reason for transcript in transcripts} == {FinishReason.STOP}


def test_pages_beyond_its_capacity_wait_in_their_order():
    def then(engine: Held, _: object) -> None:
        assert engine.begun == [0, 1]

    assert sorted(held(2, then, of=6).begun[:2]) == [0, 1]
    assert held(1, lambda *_: None, of=6).begun == list(range(6))


def test_a_page_that_is_cancelled_while_it_waits_is_never_begun_and_its_pixels_go():
    pixels: list[weakref.ref[object]] = []

    async def reading() -> None:
        engine = Held(1)
        first = asyncio.create_task(engine.read(typed(0)))
        page = PageRequest(1, PAPER.copy(), 600.0, 800.0)
        pixels.append(weakref.ref(page.pixels))
        second = asyncio.create_task(engine.read(page))
        del page
        third = asyncio.create_task(engine.read(typed(2)))
        while not engine.begun:
            await asyncio.sleep(0.001)
        second.cancel()
        await asyncio.wait([second])
        assert pixels[0]() is None
        engine.go.set()
        assert "page 0" in (await first).text
        assert "page 2" in (await third).text
        assert engine.begun == [0, 2]
        engine.close()

    asyncio.run(reading())


def test_a_page_that_is_cancelled_while_it_is_read_is_left_at_once():
    def then(engine: Held, tasks: list[asyncio.Task[Transcript]]) -> None:
        tasks[0].cancel()
        left.append(engine)

    left: list[Held] = []
    held(1, then, of=1).close()
    assert left[0].begun == [0]
    assert threads_of_pages() == []


def test_closing_fails_what_is_under_way_and_leaves_no_thread():
    errors: list[BaseException | None] = []

    async def reading() -> None:
        engine = Held(2)
        tasks = [asyncio.create_task(engine.read(typed(index))) for index in range(5)]
        while len(engine.begun) < 2:
            await asyncio.sleep(0.001)
        closing = asyncio.create_task(asyncio.to_thread(engine.close))
        await asyncio.wait(tasks)
        engine.go.set()
        await closing
        errors.extend(task.exception() for task in tasks)
        assert len(engine.begun) == 2
        assert threads_of_pages() == []
        assert (await engine.read(typed(5))).error is None, "it can be used again"
        engine.close()

    asyncio.run(reading())
    assert [type(error) for error in errors] == [EngineUnavailable] * 5
    assert "closed while pages were in flight" in str(errors[0])
    assert threads_of_pages() == []


def test_event_loops_of_several_threads_share_it():
    def part(start: int) -> list[Transcript]:
        return all_of(engine, *map(typed, range(start, start + 20)))

    with EmbeddedEngine(EmbeddedSettings(pages_in_flight=2)) as engine, ThreadPoolExecutor(3) as threads:
        parts = list(threads.map(part, (0, 20, 40)))
    assert [each.page_index for part in parts for each in part] == list(range(60))
    assert all(f"page {each.page_index} says so" in each.text for part in parts for each in part)


def test_a_loop_may_end_before_the_page_that_it_gave_up():
    engine = Held(1)

    async def giving_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.read(typed(0)), 0.05)

    asyncio.run(giving_up())
    engine.go.set()
    assert "page 1" in all_of(engine, typed(1))[0].text
    engine.close()


def test_no_pixels_outlive_their_page_whether_it_is_good_or_not():
    pixels: list[weakref.ref[object]] = []

    async def reading() -> list[Transcript]:
        with EmbeddedEngine(EmbeddedSettings(ocr=False)) as engine:
            transcripts = []
            for page in (typed(0), untyped(1)):
                own = PageRequest(page.page_index, PAPER.copy(), 600.0, 800.0, page.text_layer)
                pixels.append(weakref.ref(own.pixels))
                reading = engine.read(own)
                del own
                transcripts.append(await reading)
            await asyncio.to_thread(wait_until, lambda: all(each() is None for each in pixels))
            return transcripts

    gc.disable()
    try:
        good, rejected = asyncio.run(reading())
    finally:
        gc.enable()
    assert good.error is None
    assert rejected.error is not None
    assert rejected.error.__traceback__ is not None


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
import asyncio
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
    for request in requests[: int(sys.argv[1])]:
        transcript = asyncio.run(engine.read(request))
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
