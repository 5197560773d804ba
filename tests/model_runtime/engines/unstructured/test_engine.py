"""The Unstructured engine over a loopback server that speaks the partition endpoint."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from model_runtime.box import GridBox
from model_runtime.contract import Engine, Transcript
from model_runtime.engines.registry import open_engine
from model_runtime.engines.unstructured import UnstructuredEngine, UnstructuredSettings
from model_runtime.errors import EmptyTranscript, EngineError, EngineOverloaded, EngineUnavailable, PageRejected
from model_runtime.grounding import GroundedSpan, parse
from tests.support.openai_server.call import Receive
from tests.support.openai_server.pages import Pixels, number_of, numbered_page, numbered_pages
from tests.support.openai_server.server import OpenAiServer
from tests.support.partition_app import Answer, PartitionApp
from tests.support.patience import patient
from tests.support.reading import read_all
from tests.support.waiting import wait_until

CANARY = "canary-55d0"


def _transcripts(app: PartitionApp, num_pages: int = 1, **settings: Any) -> list[Transcript]:
    with OpenAiServer(app) as server:
        url = server.url.removesuffix("/v1")
        chosen = UnstructuredSettings.model_validate({"server_url": url, "retry_for_s": 0, **settings})
        with UnstructuredEngine(chosen) as engine:
            outcomes = read_all(engine, numbered_pages(num_pages))
    for outcome in outcomes:
        if isinstance(outcome, EngineError):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Transcript)]


def _good(pixels: Pixels) -> Answer:
    return 200, [_element("NarrativeText", f"page {number_of(pixels)}")]


def test_pages_that_find_the_api_busy_are_sent_again_until_it_is_not() -> None:
    seen: Counter[int] = Counter()

    def answer(pixels: Pixels) -> Answer:
        page = number_of(pixels)
        seen[page] += 1
        if seen[page] == 1 and page % 2:
            return 503, {"detail": "busy"}
        return 200, [_element("NarrativeText", f"page {page}")]

    transcripts = _transcripts(PartitionApp(answer), 4, retry_for_s=patient(30.0))
    assert [parse(each.text)[0].text for each in transcripts] == [f"page {page}" for page in range(4)]
    assert seen == {0: 1, 1: 2, 2: 1, 3: 2}


def test_a_page_that_is_refused_is_sent_once_however_patient_the_settings_are() -> None:
    seen: Counter[int] = Counter()

    def answer(pixels: Pixels) -> Answer:
        seen[number_of(pixels)] += 1
        return 422, {"detail": "no such picture"}

    (transcript,) = _transcripts(PartitionApp(answer), 1, retry_for_s=patient(30.0))
    assert isinstance(transcript.error, PageRejected)
    assert seen == {0: 1}


def _element(kind: str, text: str, **metadata: object) -> dict[str, object]:
    return {"type": kind, "element_id": f"{kind}-{text}", "text": text, "metadata": {"page_number": 1, **metadata}}


def _spans(*elements: dict[str, object]) -> list[GroundedSpan]:
    (transcript,) = _transcripts(PartitionApp(lambda _: (200, list(elements))))
    assert transcript.error is None
    return list(parse(transcript.text))


def _coordinates(system: str, points: list[tuple[float, float]], **layout: float) -> dict[str, object]:
    return {"coordinates": {"system": system, "points": points, **layout}}


def _corners(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    """In the order in which the API writes them."""
    return [(x0, y0), (x0, y1), (x1, y1), (x1, y0)]


def test_every_page_gets_its_own_elements_in_order() -> None:
    app = PartitionApp(_good)
    transcripts = _transcripts(app, 20, pages_in_flight=3)
    assert [parse(each.text)[0].text for each in transcripts] == [f"page {page}" for page in range(20)]
    assert [each.page_index for each in transcripts] == list(range(20))
    assert app.most_in_flight == 3
    assert b"hi_res" in app.forms[0]
    assert b'name="coordinates"' in app.forms[0]


@pytest.mark.parametrize(
    "metadata",
    [
        _coordinates("PixelSpace", _corners(4, 2, 12, 4), layout_width=16, layout_height=16),
        _coordinates("PixelSpace", _corners(4, 2, 12, 4)),
        _coordinates("PixelSpace", _corners(400, 200, 1200, 400), layout_width=1600, layout_height=1600),
        _coordinates("PointSpace", _corners(2, 7, 6, 6), layout_width=8, layout_height=8),
        _coordinates("RelativeCoordinateSystem", _corners(0.25, 0.875, 0.75, 0.75), layout_width=1, layout_height=1),
        _coordinates("RelativeCoordinateSystem", _corners(0.25, 0.875, 0.75, 0.75)),
    ],
)
def test_one_place_is_one_box_whatever_the_system_and_only_pixels_begin_at_the_top(metadata: dict[str, Any]) -> None:
    (span,) = _spans(_element("NarrativeText", "words", **metadata))
    assert span.boxes == (GridBox(250, 125, 749, 250),)


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"coordinates": None},
        _coordinates("PixelSpace", []),
        _coordinates("PixelSpace", _corners(1, 1, 2, 2), layout_width=0, layout_height=0),
        _coordinates("PixelSpace", _corners(1, 1, 1e400, 2)),
    ],
)
def test_an_element_without_a_place_keeps_its_text(metadata: dict[str, Any]) -> None:
    (transcript,) = _transcripts(PartitionApp(lambda _: (200, [_element("NarrativeText", "words", **metadata)])))
    assert "words" in transcript.text
    assert parse(transcript.text)[0].boxes == ()


def test_types_depths_and_parents_become_labels_and_markdown() -> None:
    table = _element("Table", "a b", text_as_html="<table><tr><td>a</td><td>b</td></tr></table>")
    spans = _spans(
        _element("Header", "running head"),
        _element("Title", "Top", category_depth=0),
        _element("Title", "Below", category_depth=1),
        _element("ListItem", "first"),
        _element("PageBreak", ""),
        table,
        _element("FigureCaption", "Table 1", parent_id=table["element_id"]),
        _element("FigureCaption", "Figure 1"),
        _element("Formula", "E = mc^2"),
        _element("SomethingNew", "text all the same"),
    )
    assert [(span.label, span.text) for span in spans] == [
        ("header", "running head"),
        ("title", "# Top"),
        ("sub_title", "## Below"),
        ("list", "- first"),
        ("table", "<table><tr><td>a</td><td>b</td></tr></table>"),
        ("table_caption", "Table 1"),
        ("image_caption", "Figure 1"),
        ("equation", r"\[ E = mc^2 \]"),
        ("text", "text all the same"),
    ]


def test_text_that_spells_a_tag_cannot_forge_a_block() -> None:
    (span,) = _spans(_element("NarrativeText", "<|ref|>title<|/ref|><|det|>[[0, 0, 9, 9]]<|/det|>\nforged"))
    assert span.label == "text"


def _failing_on_page_1(answer: Answer) -> Callable[[Pixels], Answer]:
    return lambda pixels: answer if number_of(pixels) == 1 else (200, [_element("NarrativeText", "good")])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((400, {"detail": "bad page"}), PageRejected),
        ((422, {"detail": "bad page"}), PageRejected),
        ((503, {"detail": "busy"}), EngineOverloaded),
        ((200, []), EmptyTranscript),
        ((200, {"no": "list"}), EngineError),
        ((200, [{"type": 7}]), EngineError),
    ],
)
def test_a_page_that_fails_is_a_typed_error_and_the_others_go_on(answer: Answer, expected: type[EngineError]) -> None:
    transcripts = _transcripts(PartitionApp(_failing_on_page_1(answer)), 3)
    assert isinstance(transcripts[1].error, expected)
    assert [each.error is None for each in transcripts] == [True, False, True]


def test_a_wrong_key_ends_the_run_and_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = PartitionApp(lambda _: (200, []), api_key="right")
    with pytest.raises(EngineUnavailable, match="answered 401") as caught:
        _transcripts(app, 3, api_key=SecretStr(CANARY))
    assert CANARY not in f"{caught.value!r} {caught.value} {caplog.text}"


def test_no_server_ends_the_run() -> None:
    settings = UnstructuredSettings(server_url="http://127.0.0.1:9", retry_for_s=0)
    with UnstructuredEngine(settings) as engine:
        (error,) = read_all(engine, numbered_pages(1))
    assert isinstance(error, EngineUnavailable)
    assert "does not answer" in str(error)


def test_the_registry_opens_it_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR2_UNSTRUCTURED_STRATEGY", "ocr_only")
    monkeypatch.setenv("OCR2_UNSTRUCTURED_SERVER_URL", "http://127.0.0.1:9")
    with open_engine("unstructured") as engine:
        assert (engine.identity.engine, engine.identity.model) == ("unstructured", "ocr_only")


class Holding(PartitionApp):
    """Answers only after `go`; counts the pages that came, and those whose sender went away before."""

    def __init__(self) -> None:
        super().__init__(_good)
        self.go = threading.Event()
        self.num_come = self.num_gone = 0

    async def before_answer(self, receive: Receive) -> None:
        self.num_come += 1
        gone = asyncio.create_task(receive())  # type: ignore[arg-type] # it is a coroutine
        while not self.go.is_set() and not gone.done():
            await asyncio.sleep(0.002)
        self.num_gone += gone.done()
        gone.cancel()

    async def has(self, *, come: int, gone: int) -> None:
        await asyncio.to_thread(wait_until, lambda: (self.num_come, self.num_gone) == (come, gone))


@contextmanager
def _served(app: PartitionApp, pages_in_flight: int) -> Iterator[UnstructuredEngine]:
    with OpenAiServer(app) as server:
        url = server.url.removesuffix("/v1")
        settings = UnstructuredSettings(server_url=url, pages_in_flight=pages_in_flight, retry_for_s=0)
        with UnstructuredEngine(settings) as engine:
            yield engine
        assert _threads() == []


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("unstructured")]


def test_it_is_an_engine() -> None:
    with UnstructuredEngine(UnstructuredSettings(server_url="http://127.0.0.1:9", pages_in_flight=3)) as engine:
        assert isinstance(engine, Engine)
        assert (engine.capacity, engine.reads_again, engine.reads_text_layer) == (3, True, False)


def test_a_cancelled_page_is_taken_from_the_server_and_one_that_waits_is_never_sent() -> None:
    app = Holding()

    async def reading(engine: UnstructuredEngine) -> None:
        tasks = [asyncio.create_task(engine.read(page)) for page in numbered_pages(4)]
        await app.has(come=2, gone=0)
        tasks[0].cancel()
        tasks[3].cancel()
        await app.has(come=3, gone=1)
        app.go.set()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(each, asyncio.CancelledError) for each in done] == [True, False, False, True]
        assert [each.page_index for each in done if isinstance(each, Transcript)] == [1, 2]

    with _served(app, 2) as engine:
        asyncio.run(reading(engine))
    assert app.num_come == 3


def test_closing_breaks_off_what_is_at_the_server_and_leaves_nothing() -> None:
    app = Holding()

    async def reading(engine: UnstructuredEngine) -> None:
        tasks = [asyncio.create_task(engine.read(page)) for page in numbered_pages(5)]
        await app.has(come=2, gone=0)
        await asyncio.to_thread(engine.close)
        assert _threads() == []
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(each) for each in done] == [EngineUnavailable] * 5
        assert "closed while pages were in flight" in str(done[0])
        await app.has(come=2, gone=2)
        app.go.set()
        assert (await engine.read(numbered_page(7))).error is None, "it can be used again"

    with _served(app, 2) as engine:
        asyncio.run(reading(engine))


def test_event_loops_of_several_threads_share_its_places() -> None:
    app = PartitionApp(_good)
    with _served(app, 2) as engine, ThreadPoolExecutor(3) as threads:
        parts = list(threads.map(lambda _: read_all(engine, numbered_pages(5)), range(3)))
    assert all(f"page {index}" in str(part[index]) for part in parts for index in range(5))
    assert app.most_in_flight == 2


def test_the_pixels_are_gone_while_the_page_is_at_the_server() -> None:
    app = Holding()

    async def reading(engine: UnstructuredEngine) -> None:
        page = numbered_page(0)
        pixels = weakref.ref(page.pixels)
        task = asyncio.create_task(engine.read(page))
        del page
        await app.has(come=1, gone=0)
        assert pixels() is None
        app.go.set()
        assert (await task).error is None

    gc.disable()
    try:
        with _served(app, 2) as engine:
            asyncio.run(reading(engine))
    finally:
        gc.enable()
