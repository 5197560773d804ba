"""The loader on real files, with recorded transcripts in place of a model."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from langchain_core.document_loaders import BaseLoader
from langchain_ocr2 import Ocr2Loader

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.errors import EngineUnavailable
from ocr2_loaders.settings import CacheSettings, DocumentMode, LoadSettings
from tests.support.engines import WaitingEngine
from tests.support.papers import TABLE_TRANSCRIPT, transcript, write_paper
from tests.support.scripted import ScriptedEngine

TRANSCRIPTS = (transcript("Results", "Yields rose."), TABLE_TRANSCRIPT)
MODES: tuple[DocumentMode, ...] = ("page", "block", "chunk")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["Results", "Yields by year"])


def replaying(
    file_path: Path | list[Path], mode: DocumentMode = "page", texts: tuple[str, ...] = TRANSCRIPTS
) -> Ocr2Loader:
    return Ocr2Loader(file_path, mode=mode, engine=ReplayEngine.from_texts(texts))


def working_engine() -> WaitingEngine:
    engine = WaitingEngine()
    engine.go.set()
    return engine


def test_it_is_a_loader_that_leaves_the_conveniences_to_langchain() -> None:
    assert issubclass(Ocr2Loader, BaseLoader)
    assert Ocr2Loader.load is BaseLoader.load
    assert Ocr2Loader.aload is BaseLoader.aload


def test_each_page_is_a_document_with_what_langchain_users_look_for(paper: Path) -> None:
    document = replaying(paper).load()[0]
    assert document.page_content == "# Results\n\nYields rose."
    expected = {"source": str(paper), "page": 0, "page_number": 1, "page_label": "1", "total_pages": 2}
    assert expected.items() <= document.metadata.items()


def test_each_block_is_a_document_with_its_category_and_id(paper: Path) -> None:
    documents = replaying(paper, "block").load()
    assert [document.metadata["category"] for document in documents] == ["Title", "NarrativeText", "Table"]
    assert [document.page_content for document in documents[:2]] == ["Results", "Yields rose."]
    assert [document.id for document in documents] == [document.metadata["element_id"] for document in documents]
    assert documents[2].metadata["text_as_html"].startswith("<table")


def test_documents_come_while_later_pages_are_still_unread(paper: Path) -> None:
    engine = working_engine()
    assert next(Ocr2Loader(paper, engine=engine).lazy_load()).page_content == "word"
    assert engine.num_pages == 1


def test_nothing_is_read_before_the_documents_are_asked_for(tmp_path: Path) -> None:
    documents = Ocr2Loader(tmp_path / "gone.pdf", engine="nonsense").lazy_load()
    with pytest.raises(EngineUnavailable, match="nonsense"):
        next(documents)


@pytest.mark.parametrize("mode", MODES)
def test_a_failed_page_is_a_document_that_says_why(paper: Path, mode: DocumentMode) -> None:
    failed = replaying(paper, mode, TRANSCRIPTS[:1]).load()[-1]
    assert failed.page_content == ""
    assert failed.metadata["page_number"] == 2
    assert failed.metadata["page_status"] == "failed"
    assert failed.metadata["error_type"] == "MissingTranscript"


def test_a_file_that_is_gone_is_a_document_that_says_why(paper: Path, tmp_path: Path) -> None:
    gone, *rest = replaying([tmp_path / "gone.pdf", paper]).load()
    assert (gone.page_content, gone.metadata["error_type"]) == ("", "SourceNotFound")
    assert len(rest) == 2


def test_a_second_load_of_the_same_loader_reads_again(paper: Path) -> None:
    loader = Ocr2Loader(paper, engine=working_engine())
    assert loader.load() == loader.load()


def test_files_are_read_from_the_file_system_that_is_handed_over(paper: Path) -> None:
    fs = MemoryFileSystem()
    fs.pipe("/papers/paper.pdf", paper.read_bytes())
    try:
        loader = Ocr2Loader("/papers/paper.pdf", fs=fs, engine=ReplayEngine.from_texts(TRANSCRIPTS))
        documents = loader.load()
    finally:
        fs.rm("/papers", recursive=True)
    assert [document.id for document in documents] == [document.id for document in replaying(paper).load()]


async def test_the_event_loop_turns_while_documents_are_loaded(paper: Path) -> None:
    engine = WaitingEngine()
    loading = asyncio.create_task(Ocr2Loader(paper, engine=engine).aload())
    await asyncio.to_thread(engine.started.wait, 60)
    engine.go.set()
    assert [document.page_content for document in await loading] == ["word", "word"]


async def test_leaving_the_stream_early_stops_the_engine(paper: Path) -> None:
    engine = WaitingEngine(num_free=1)
    async with aclosing(Ocr2Loader(paper, engine=engine).alazy_load()) as documents:
        assert (await anext(documents)).page_content == "word"
    assert engine.num_pages == 1
    assert engine.num_begun == 1 + engine.num_stopped


def test_pages_that_are_kept_are_not_read_twice(paper: Path, tmp_path: Path) -> None:
    settings = LoadSettings(cache=CacheSettings(folder=tmp_path / "cache"))
    engine = ScriptedEngine(lambda request: f"Page {request.page_index}")
    first, second = (Ocr2Loader(paper, engine=engine, settings=settings).load() for _ in range(2))
    assert len(engine.requests) == 2
    assert first == second


def test_a_file_that_is_given_twice_is_two_documents_of_one_id(paper: Path) -> None:
    first, second = replaying([paper, paper], "single", TRANSCRIPTS * 2).load()
    assert first == second
