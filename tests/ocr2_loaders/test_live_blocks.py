"""Blocks told while their page is being written, over engines that stream and engines that do not."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import ocr2_loaders
from model_runtime.contract import PageRequest, Runtime, StreamingRuntime, Transcript
from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.blocks import Block
from ocr2_loaders.live_blocks import LiveBlocks
from tests.support.papers import write_paper
from tests.support.requests import request

SPAN = "<|ref|>text<|/ref|><|det|>[[100, 100, 900, 140]]<|/det|>\n{}\n\n"


class Typewriter(ReplayEngine):
    """Plays recordings character by character."""

    written = ""

    def stream(self, requests: Iterable[PageRequest]) -> Iterator[str | Transcript]:
        for transcript in self.transcribe(requests):
            for character in transcript.text:
                self.written += character
                yield character
            yield transcript


def test_a_block_is_told_when_the_next_one_begins() -> None:
    engine = Typewriter.from_texts([SPAN.format("one") + SPAN.format("two")])
    assert isinstance(engine, StreamingRuntime)
    told: list[tuple[str, str]] = []
    live = LiveBlocks(engine, lambda block: told.append((block.text, engine.written)))
    (transcript,) = live.transcribe([request()])
    assert told == [("one", SPAN.format("one") + "<|ref|>"), ("two", transcript.text)]


def test_an_engine_that_does_not_stream_tells_with_its_page() -> None:
    told: list[Block] = []
    live = LiveBlocks(ReplayEngine.from_texts([SPAN.format("one"), "plain"]), told.append)
    assert isinstance(live, Runtime)
    transcripts = live.transcribe([request(0), request(4)])
    next(transcripts)
    assert [(block.page_index, block.text) for block in told] == [(0, "one")]
    next(transcripts)
    assert [(block.page_index, block.text) for block in told] == [(0, "one"), (4, "plain")]


def test_a_second_reading_within_the_first_is_not_told() -> None:
    told: list[Block] = []
    live = LiveBlocks(Typewriter.from_texts(["first", "again", "second"]), told.append)
    transcripts = live.transcribe([request(0), request(1)])
    next(transcripts)
    assert next(live.transcribe([request(0)])).text == "again"
    next(transcripts)
    assert [block.text for block in told] == ["first", "second"]


def test_a_page_that_fails_tells_what_was_written() -> None:
    told: list[Block] = []
    live = LiveBlocks(ReplayEngine.from_texts([]), told.append)
    (failed,) = live.transcribe([request()])
    assert failed.error is not None
    assert told == []


@pytest.mark.parametrize("kind", [ReplayEngine, Typewriter])
def test_what_is_told_is_what_the_pages_hold(kind: type[ReplayEngine], tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["one", "", "three"])
    texts = [SPAN.format("eins") + SPAN.format("mehr"), SPAN.format("drei")]
    told: list[Block] = []
    pages = list(ocr2_loaders.load(paper, engine=LiveBlocks(kind.from_texts(texts), told.append)))
    blocks = [block for page in pages for block in page.blocks]
    assert [(block.page_index, block.reading_order, block.markdown) for block in told] == [
        (block.page_index, block.reading_order, block.markdown) for block in blocks
    ]
