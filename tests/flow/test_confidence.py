"""How sure the engine was, from its tokens to the metadata of a block."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import ocr2_loaders
from model_runtime.contract import PageRequest, Tell, Transcript
from model_runtime.engines.recording import RecordingEngine
from model_runtime.engines.replay import ReplayEngine
from model_runtime.engines.token_ends import token_ends
from ocr2_loaders import LoadSettings
from ocr2_loaders.export.metadata import block_metadata
from ocr2_loaders.settings import CacheSettings
from ocr2_loaders.structure import structured_pages
from tests.support.papers import write_paper
from tests.support.scripted import ScriptedEngine

TOKENS = (
    *(("<|ref|>title<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n", 0.01), ("# Sure", 0.9), (" thing\n\n", 0.9)),
    *(("<|ref|>text<|/ref|><|det|>[[1, 9, 3, 14]]<|/det|>\n", 0.01), ("rather", 0.5), (" blurred", 0.125)),
)
TEXT = "".join(token for token, _ in TOKENS)


class TellingEngine(ScriptedEngine):
    """Tells the probability of each token, and may be kept."""

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        logprobs = tuple(math.log(probability) for _, probability in TOKENS)
        ends = token_ends([token for token, _ in TOKENS], TEXT)
        return Transcript(request.page_index, TEXT, logprobs=logprobs, token_ends=ends)


def telling() -> TellingEngine:
    return TellingEngine(lambda _: TEXT, name="telling")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["one"])


def test_each_block_has_the_mean_of_its_own_words_tokens(paper: Path) -> None:
    (page,) = ocr2_loaders.load(paper, engine=telling())
    assert [block.confidence for block in page.blocks] == pytest.approx([0.9, 0.25])
    (structured,) = structured_pages([page])
    assert [block_metadata(page, each)["confidence"] for each in structured.blocks] == [0.9, 0.25]


def test_recordings_and_the_cache_keep_it_and_ids_do_not_depend_on_it(paper: Path, tmp_path: Path) -> None:
    settings = LoadSettings(cache=CacheSettings(folder=tmp_path / "cache"))
    recorder = RecordingEngine(telling(), tmp_path / "recorded.jsonl")
    (first,) = ocr2_loaders.load(paper, engine=recorder, settings=settings)
    (cached,) = ocr2_loaders.load(paper, engine=recorder, settings=settings)
    (replayed,) = ocr2_loaders.load(paper, engine=ReplayEngine.from_path(tmp_path / "recorded.jsonl"))
    (silent,) = ocr2_loaders.load(paper, engine=ReplayEngine.from_texts([TEXT]))
    assert len((tmp_path / "recorded.jsonl").read_text().splitlines()) == 1
    assert first.blocks == cached.blocks == replayed.blocks
    assert [block.confidence for block in silent.blocks] == [None, None]
    assert [block.id for block in silent.blocks] == [block.id for block in first.blocks]
