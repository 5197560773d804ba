"""The reader on real files, with recorded transcripts in place of a model."""

from __future__ import annotations

import asyncio
import json
import pickle
from contextlib import aclosing, closing
from pathlib import Path

import pytest
from llama_index.core.readers.base import BaseReader, ReaderConfig
from llama_index.core.schema import Document
from llama_index.readers.ocr2 import Ocr2Reader, ReaderEngineUnavailable
from pydantic import SecretStr, ValidationError

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.errors import EngineUnavailable
from ocr2_loaders.settings import CacheSettings, LoadSettings, RenderSettings
from tests.support.engines import WaitingEngine
from tests.support.papers import transcript, write_paper
from tests.support.scripted import ScriptedEngine

TRANSCRIPTS = (transcript("Results", "Yields rose."), transcript("Outlook", "Yields may rise."))
ENCRYPTED = LoadSettings(render=RenderSettings(password=SecretStr("open sesame")))


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["Results", "Outlook"])


def replaying(mode: str = "page", texts: tuple[str, ...] = TRANSCRIPTS) -> Ocr2Reader:
    return Ocr2Reader(mode=mode, engine=ReplayEngine.from_texts(texts))


def test_class() -> None:
    names_of_base_classes = [base.__name__ for base in Ocr2Reader.__mro__]
    assert BaseReader.__name__ in names_of_base_classes


def test_the_class_has_a_name_of_its_own_and_is_local() -> None:
    assert Ocr2Reader.class_name() == "Ocr2Reader"
    assert Ocr2Reader().is_remote is False


def test_a_misspelt_option_is_refused() -> None:
    with pytest.raises(ValidationError, match="modus"):
        Ocr2Reader(modus="block")


def test_each_page_is_a_document_in_markdown(paper: Path) -> None:
    documents = replaying().load_data(paper)
    assert [document.text for document in documents] == ["# Results\n\nYields rose.", "# Outlook\n\nYields may rise."]
    assert [document.metadata["page_number"] for document in documents] == [1, 2]
    assert [document.metadata["page_label"] for document in documents] == ["1", "2"]
    assert {document.metadata["file_name"] for document in documents} == {"paper.pdf"}


def test_each_block_is_a_document_in_plain_text(paper: Path) -> None:
    documents = replaying("block").load_data(paper)
    assert [document.text for document in documents] == ["Results", "Yields rose.", "Outlook", "Yields may rise."]
    assert [document.id_ for document in documents] == [document.metadata["element_id"] for document in documents]


def test_documents_come_while_later_pages_are_still_unread(paper: Path) -> None:
    engine = WaitingEngine()
    engine.go.set()
    documents = iter(Ocr2Reader(engine=engine).lazy_load_data(paper))
    assert next(documents).text == "word"
    assert engine.num_pages == 1


@pytest.mark.parametrize("mode", ["page", "block"])
def test_a_failed_page_is_a_document_that_says_why(paper: Path, mode: str) -> None:
    documents = replaying(mode, TRANSCRIPTS[:1]).load_data(paper)
    failed = documents[-1]
    assert failed.text == ""
    assert failed.metadata["page_number"] == 2
    assert failed.metadata["page_status"] == "failed"
    assert failed.metadata["error_type"] == "MissingTranscript"
    assert "transcript" in failed.metadata["error"]


def test_a_failed_page_keeps_its_id_and_loses_its_hash_when_it_is_read_later(paper: Path) -> None:
    failed, whole = replaying(texts=TRANSCRIPTS[:1]).load_data(paper)[1], replaying().load_data(paper)[1]
    assert failed.id_ == whole.id_
    assert failed.hash != whole.hash


def test_a_file_that_cannot_be_read_is_a_document_that_says_why(tmp_path: Path, paper: Path) -> None:
    page = tmp_path / "page.pdf"
    page.write_text("<!DOCTYPE html><p>not a PDF</p>")
    first, *rest = replaying().load_data([page, paper])
    assert (first.text, first.metadata["page_status"], first.metadata["error_type"]) == (
        "",
        "failed",
        "UnsupportedFormat",
    )
    assert len(rest) == 2


def test_extra_info_wins_and_comes_last(paper: Path) -> None:
    extra_info = {"file_name": "renamed.pdf", "tenant": "acme"}
    (document, _) = replaying().load_data(paper, extra_info=extra_info)
    assert document.metadata["file_name"] == "renamed.pdf"
    assert list(document.metadata)[-1] == "tenant"
    assert list(document.metadata)[:3] == ["source", "file_path", "file_name"]
    assert extra_info == {"file_name": "renamed.pdf", "tenant": "acme"}


@pytest.mark.parametrize("mode", ["page", "block"])
def test_the_same_bytes_give_the_same_ids_and_hashes(paper: Path, mode: str) -> None:
    first, second = (replaying(mode).load_data(paper) for _ in range(2))
    assert [document.id_ for document in first] == [document.id_ for document in second]
    assert [document.hash for document in first] == [document.hash for document in second]
    assert len({document.id_ for document in first}) == len(first)


def test_a_copy_elsewhere_has_the_same_ids(paper: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    copy = write_paper(tmp_path / "copy" / "other.pdf", ["Results", "Outlook"])
    first, second = (replaying().load_data(path) for path in (paper, copy))
    assert [document.id_ for document in first] == [document.id_ for document in second]


def test_documents_survive_a_docstore_round_trip(paper: Path) -> None:
    for document in replaying("block").load_data(paper):
        stored = Document.from_dict(json.loads(json.dumps(document.to_dict())))
        assert (stored.id_, stored.text, stored.hash) == (document.id_, document.text, document.hash)


async def test_the_event_loop_turns_while_documents_are_loaded(paper: Path) -> None:
    engine = WaitingEngine()
    loading = asyncio.create_task(Ocr2Reader(engine=engine).aload_data(paper))
    await asyncio.to_thread(engine.started.wait, 60)
    engine.go.set()
    assert [document.text for document in await loading] == ["word", "word"]


async def test_awaiting_the_lazy_stream_gives_what_the_synchronous_call_gives(paper: Path) -> None:
    awaited = await replaying().alazy_load_data(paper, extra_info={"tenant": "acme"})
    assert awaited == replaying().load_data(paper, extra_info={"tenant": "acme"})


async def test_the_lazy_stream_can_be_iterated_over_as_documents_come(paper: Path) -> None:
    assert [document.metadata["page"] async for document in replaying().alazy_load_data(paper)] == [0, 1]


async def test_leaving_the_stream_early_stops_the_engine(paper: Path) -> None:
    engine = WaitingEngine(num_free=1)
    async with aclosing(aiter(Ocr2Reader(engine=engine).alazy_load_data(paper))) as documents:
        assert (await anext(documents)).text == "word"
    assert engine.num_pages == 1
    assert engine.num_begun == 1 + engine.num_stopped


async def test_errors_of_the_engine_reach_the_awaiting_caller(paper: Path) -> None:
    with pytest.raises(ReaderEngineUnavailable):
        await Ocr2Reader(engine="nonsense").aload_data(paper)


def test_an_engine_that_cannot_start_is_an_error_of_ours_and_an_import_error(paper: Path) -> None:
    with pytest.raises(EngineUnavailable, match="nonsense") as caught:
        Ocr2Reader(engine="nonsense").load_data(paper)
    assert isinstance(caught.value, ImportError)
    assert "choose one of" in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_named_engine_serves_all_files_until_it_is_closed(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[WaitingEngine] = []

    def opening(name: str) -> WaitingEngine:
        engine = WaitingEngine()
        engine.go.set()
        opened.append(engine)
        return engine

    monkeypatch.setattr("model_runtime.engines.kept_engine.open_engine", opening)
    reader = Ocr2Reader(engine="waiting")
    for _ in range(2):
        reader.load_data(paper)
    assert [engine.num_pages for engine in opened] == [4]
    reader.close()
    reader.close()
    assert [engine.num_closed for engine in opened] == [1]
    reader.load_data(paper)
    assert len(opened) == 2


def test_a_runtime_that_was_handed_in_stays_open(paper: Path) -> None:
    engine = WaitingEngine()
    engine.go.set()
    reader = Ocr2Reader(engine=engine)
    reader.load_data(paper)
    reader.close()
    assert engine.num_closed == 0


def test_a_pickled_reader_keeps_its_settings_and_leaves_its_engine_behind() -> None:
    reader = Ocr2Reader(mode="block", engine="embedded", settings=ENCRYPTED)
    with closing(reader):
        opened = reader._kept.engine()
        copy = pickle.loads(pickle.dumps(reader))
        with closing(copy):
            assert (copy.mode, copy.engine, copy.settings) == ("block", "embedded", ENCRYPTED)
            assert copy._kept.engine() is not opened


def test_a_reader_with_a_runtime_of_its_callers_refuses_to_be_pickled() -> None:
    with pytest.raises(pickle.PicklingError, match="name the engine"):
        pickle.dumps(replaying())


def test_its_dictionary_is_json_and_stable_and_builds_an_equal_reader() -> None:
    reader = Ocr2Reader(mode="block", engine="embedded", settings=LoadSettings(render=RenderSettings(pages="1-3")))
    written = json.dumps(reader.to_dict())
    assert written == json.dumps(reader.to_dict())
    assert Ocr2Reader.from_dict(json.loads(written)) == reader


def test_a_password_appears_nowhere() -> None:
    reader = Ocr2Reader(settings=ENCRYPTED)
    config = ReaderConfig(reader=reader, reader_args=["paper.pdf"])
    for shown in (json.dumps(reader.to_dict()), json.dumps(config.to_dict()), reader.to_json(), repr(reader)):
        assert "open sesame" not in shown
    assert Ocr2Reader.from_dict(reader.to_dict()).settings.render.password is None


def test_a_runtime_is_written_down_by_its_name() -> None:
    assert json.loads(replaying().to_json())["engine"] == "replay"


def test_it_has_a_json_schema() -> None:
    assert Ocr2Reader.model_json_schema()["properties"]["engine"]["type"] == "string"


def test_a_reader_config_reads(paper: Path) -> None:
    config = ReaderConfig(reader=replaying(), reader_args=[str(paper)], reader_kwargs={"extra_info": {"a": 1}})
    assert [document.metadata["a"] for document in config.read()] == [1, 1]


def test_pages_that_are_kept_are_not_read_twice(paper: Path, tmp_path: Path) -> None:
    settings = LoadSettings(cache=CacheSettings(folder=tmp_path / "cache"))
    engine = ScriptedEngine(lambda request: f"Page {request.page_index}")
    first, second = (Ocr2Reader(engine=engine, settings=settings).load_data(paper) for _ in range(2))
    assert len(engine.requests) == 2
    assert first == second
