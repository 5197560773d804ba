"""The two faces of one flow: what they hand out, when, and what is left when somebody has had enough."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

import ocr2_loaders
from model_runtime.contract import PageRequest, Tell, Transcript
from model_runtime.engines.replay import ReplayEngine
from model_runtime.errors import EngineUnavailable
from ocr2_loaders import (
    Block,
    LoadSettings,
    Ocr2Error,
    PageResult,
    RecoverySettings,
    RenderSettings,
    TranscriptionSettings,
)
from ocr2_loaders.blocks import PageStatus
from ocr2_loaders.errors import SourceNotFound
from tests.support.engines import WaitingEngine
from tests.support.interrupts import heeded_interrupts
from tests.support.papers import write_paper
from tests.support.scripted import ScriptedEngine

ROOT = Path(__file__).parents[3]
SPAN = "<|ref|>text<|/ref|><|det|>[[100, 100, 900, 140]]<|/det|>\n{}\n\n"
SMALL = LoadSettings(render=RenderSettings(dpi=36, num_workers=1))


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", [f"page {number}" for number in range(12)])


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert [thread.name for thread in threading.enumerate() if thread not in before] == []


def backwards(capacity: int = 4) -> ScriptedEngine:
    """Of the pages that are there at a time, the later ones are done first."""

    async def answer(request: PageRequest) -> str:
        await asyncio.sleep(0.02 * (capacity - request.page_index % capacity))
        return f"page {request.page_index}"

    return ScriptedEngine(answer, capacity=capacity)


def indices(pages: list[PageResult]) -> list[int]:
    return [page.page_index for page in pages]


def test_pages_come_in_order_whichever_the_engine_ends_first(paper: Path) -> None:
    assert indices(list(ocr2_loaders.load(paper, settings=SMALL, engine=backwards()))) == list(range(12))


def test_pages_come_as_they_end_where_they_need_not_be_in_order(paper: Path) -> None:
    found = indices(list(ocr2_loaders.load(paper, settings=SMALL, engine=backwards(), ordered=False)))
    assert sorted(found) == list(range(12))
    assert found != list(range(12))


async def test_the_asynchronous_face_gives_the_same(paper: Path) -> None:
    plain = await asyncio.to_thread(lambda: list(ocr2_loaders.load(paper, settings=SMALL, engine=backwards())))
    pages = [page async for page in ocr2_loaders.aload(paper, settings=SMALL, engine=backwards())]
    assert [(page.id, page.status, page.blocks) for page in pages] == [
        (page.id, page.status, page.blocks) for page in plain
    ]


async def test_the_event_loop_runs_on_while_pages_are_read(paper: Path) -> None:
    num_turns = 0

    async def turn() -> None:
        nonlocal num_turns
        while True:
            await asyncio.sleep(0)
            num_turns += 1

    turning = asyncio.create_task(turn())
    assert len([page async for page in ocr2_loaders.aload(paper, engine=backwards())]) == 12
    turning.cancel()
    assert num_turns > 100


def test_no_more_is_read_than_is_asked_for(paper: Path) -> None:
    engine = ScriptedEngine(lambda _: "word")
    pages = ocr2_loaders.load(paper, settings=SMALL, engine=engine)
    next(pages)
    pages.close()
    assert len(engine.requests) < 12


def test_closing_stops_the_engine(paper: Path) -> None:
    engine = WaitingEngine(num_free=1)
    pages = ocr2_loaders.load(paper, settings=SMALL, engine=engine)
    assert next(pages).status is PageStatus.OK
    pages.close()
    assert engine.num_begun == 1 + engine.num_stopped
    assert engine.num_closed == 0, "it is the caller's"


async def test_cancelling_stops_the_engine(paper: Path) -> None:
    async def read() -> None:
        async with aclosing(ocr2_loaders.aload(paper, settings=SMALL, engine=engine)) as pages:
            async for _ in pages:
                pass

    engine = WaitingEngine()
    reading = asyncio.create_task(read())
    while not engine.started.is_set():
        await asyncio.sleep(0.001)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert engine.stopped.is_set()


def test_an_exception_of_the_consumer_stops_the_engine(paper: Path) -> None:
    def consume() -> None:
        for page in ocr2_loaders.load(paper, settings=SMALL, engine=engine):
            raise ZeroDivisionError(page)

    engine = WaitingEngine(num_free=1)
    with pytest.raises(ZeroDivisionError):
        consume()
    assert engine.num_begun == 1 + engine.num_stopped


def test_an_engine_that_is_gone_ends_the_run_behind_all_pages_that_were_begun(paper: Path) -> None:
    class Gone(ScriptedEngine):
        async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
            if request.page_index >= 3:
                raise EngineUnavailable("the server is gone")
            return await super().read(request, tell)

    settings = SMALL.model_copy(update={"transcription": TranscriptionSettings(recovery=RecoverySettings(ways=()))})
    found, error = everything(ocr2_loaders.load(paper, settings=settings, engine=Gone(lambda _: "word")))
    assert isinstance(error, EngineUnavailable)
    assert [page.status for page in found[:3]] == [PageStatus.OK] * 3
    assert {page.status for page in found[3:]} <= {PageStatus.FAILED}
    assert len(found) < 12


def everything(pages: Iterator[PageResult]) -> tuple[list[PageResult], Exception | None]:
    """The pages that came, and what was raised behind them."""
    found: list[PageResult] = []
    try:
        found.extend(pages)
    except Ocr2Error as error:
        return found, error
    return found, None


def test_pages_before_a_failed_one_come_before_its_error_is_raised(paper: Path) -> None:
    pages = ocr2_loaders.load([paper, "absent.pdf"], settings=SMALL, engine=backwards(), strict=True)
    found, error = everything(pages)
    assert isinstance(error, SourceNotFound)
    assert indices(found) == list(range(12))


def test_what_is_asked_for_the_wrong_way_is_said_at_once() -> None:
    with pytest.raises(TypeError, match="a path, a URL, bytes"):
        next(ocr2_loaders.load(7, engine=ReplayEngine.from_texts([])))  # type: ignore[arg-type]


class Typewriter(ReplayEngine):
    """Plays recordings character by character."""

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        transcript = await super().read(request)
        for character in transcript.text:
            if tell:
                tell(character)
            await asyncio.sleep(0)
        return transcript


def test_blocks_come_before_their_page_and_are_its_own(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["one", "", "three"])
    texts = [SPAN.format("eins") + SPAN.format("mehr"), SPAN.format("drei") + SPAN.format("vier")]
    items = list(ocr2_loaders.load_live(paper, engine=Typewriter.from_texts(texts)))
    told = [item if isinstance(item, Block) else item.page_index for item in items]
    first, _, last = (item for item in items if isinstance(item, PageResult))
    assert told == [first.blocks[0], 0, 1, last.blocks[0], 2]


def test_a_second_reading_is_not_told(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["one"])

    class Again(Typewriter):
        reads_again = True

    engine = Again.from_texts(["<|ref|>text<|/ref|>" * 3, SPAN.format("eins") + SPAN.format("zwei")])
    (page,) = ocr2_loaders.load_live(paper, engine=engine)
    assert isinstance(page, PageResult)
    assert [block.text for block in page.blocks] == ["eins", "zwei"]


ENDLESS = """
import sys, ocr2_loaders
from tests.support.engines import WaitingEngine
pages = ocr2_loaders.load(sys.argv[1], engine=WaitingEngine(num_free=1))
print(next(pages).status, flush=True)
{rest}
"""


@pytest.mark.parametrize("rest", ["", "del pages", "raise SystemExit(0)"], ids=["left", "forgotten", "exit"])
def test_a_program_may_end_while_pages_are_under_way(paper: Path, rest: str) -> None:
    command = [sys.executable, "-c", ENDLESS.format(rest=rest), str(paper)]
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "ok\n", "")


def test_control_c_ends_a_run_and_its_processes(paper: Path) -> None:
    command = [sys.executable, "-c", ENDLESS.format(rest="next(pages)"), str(paper)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        heeded_interrupts(),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as run,
    ):
        assert run.stdout is not None
        assert run.stdout.readline() == "ok\n"
        run.send_signal(signal.SIGINT)
        _, wrong = run.communicate(timeout=60)
    assert run.returncode != 0
    assert wrong.rstrip().endswith("KeyboardInterrupt")
