"""Fault test F16, and what else decides whether a page is read again."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import ocr2_loaders
from model_runtime.contract import EngineIdentity, PageRequest
from model_runtime.errors import EngineTimeout, PageRejected
from ocr2_loaders import PageResult, PageStatus
from ocr2_loaders.cache import DocumentKeys, PageStore
from ocr2_loaders.settings import CacheSettings, LoadSettings, RecoverySettings, RenderSettings, TranscriptionSettings
from tests.support.papers import write_paper
from tests.support.requests import source
from tests.support.scripted import Answer, ScriptedEngine


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["one", "", "three", "four"])


def cached(folder: Path, **changes: Any) -> LoadSettings:
    return LoadSettings(cache=CacheSettings(folder=folder / "cache"), **changes)


def writing(answer: Answer = "words") -> ScriptedEngine:
    return ScriptedEngine(lambda request: answer if answer != "words" else f"words of page {request.page_index}")


def load(source: object, settings: LoadSettings, engine: ScriptedEngine) -> list[PageResult]:
    return list(ocr2_loaders.load(source, settings=settings, engine=engine))


def test_a_second_run_asks_for_nothing_and_gives_the_same(paper: Path, tmp_path: Path) -> None:
    first, second = writing(), writing()
    pages = load(paper, cached(tmp_path), first)
    again = load(paper, cached(tmp_path), second)
    assert [request.page_index for request in first.requests] == [0, 2, 3]
    assert not second.requests
    assert again == pages
    assert [page.status.value for page in again] == ["ok", "blank", "ok", "ok"]


def test_the_same_bytes_are_known_under_any_name(paper: Path, tmp_path: Path) -> None:
    load(paper, cached(tmp_path), writing())
    engine = writing()
    (first, *_) = load(paper.read_bytes(), cached(tmp_path), engine)
    assert not engine.requests
    assert first.source.uri == "<bytes>"


def test_only_what_is_missing_is_read(paper: Path, tmp_path: Path) -> None:
    load(paper, cached(tmp_path, render=RenderSettings(pages="3")), writing())
    engine = writing()
    pages = load(paper, cached(tmp_path), engine)
    assert [request.page_index for request in engine.requests] == [0, 3]
    assert pages == load(paper, LoadSettings(), writing())


def test_a_selection_takes_no_more_than_it_names(paper: Path, tmp_path: Path) -> None:
    load(paper, cached(tmp_path), writing())
    engine = writing()
    pages = load(paper, cached(tmp_path, render=RenderSettings(pages="2-", max_pages=2)), engine)
    assert ([page.page_number for page in pages], engine.requests) == ([2, 3], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"render": RenderSettings(dpi=100)},
        {"render": RenderSettings(max_side_px=500)},
        {"transcription": TranscriptionSettings(free_ocr=True)},
        {"transcription": TranscriptionSettings(recovery=RecoverySettings(ways=()))},
    ],
    ids=["dpi", "size", "prompt", "recovery"],
)
def test_other_settings_read_the_pages_anew(paper: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    """F16."""
    load(paper, cached(tmp_path), writing())
    engine = writing()
    load(paper, cached(tmp_path, **changes), engine)
    assert len(engine.requests) == 3


@pytest.mark.parametrize(
    "identity", [EngineIdentity("scripted", "2", "none"), EngineIdentity("scripted", "1", "other weights")]
)
def test_another_model_reads_the_pages_anew(paper: Path, tmp_path: Path, identity: EngineIdentity) -> None:
    """F16."""
    load(paper, cached(tmp_path), writing())
    engine = writing()
    engine.identity = identity
    load(paper, cached(tmp_path), engine)
    assert len(engine.requests) == 3


def test_a_changed_file_is_read_anew(paper: Path, tmp_path: Path) -> None:
    """F16."""
    load(paper, cached(tmp_path), writing())
    write_paper(paper, ["one", "two"])
    engine = writing()
    load(paper, cached(tmp_path), engine)
    assert len(engine.requests) == 2


def test_deadlines_and_processes_make_no_difference(paper: Path, tmp_path: Path) -> None:
    load(paper, cached(tmp_path), writing())
    engine = writing()
    load(paper, cached(tmp_path, render=RenderSettings(page_timeout_s=99, num_workers=1)), engine)
    assert not engine.requests


def test_failed_pages_are_tried_again(paper: Path, tmp_path: Path) -> None:
    off = TranscriptionSettings(recovery=RecoverySettings(ways=()))
    load(paper, cached(tmp_path, transcription=off), writing(PageRejected("no")))
    engine = writing()
    pages = load(paper, cached(tmp_path, transcription=off), engine)
    assert len(engine.requests) == 3
    assert {page.status for page in pages} == {PageStatus.OK, PageStatus.BLANK}


@pytest.mark.parametrize(("error", "num_requests"), [(EngineTimeout("too slow"), 3), (PageRejected("no"), 0)])
def test_what_stood_in_for_an_engine_in_trouble_is_not_kept(
    paper: Path, tmp_path: Path, error: EngineTimeout, num_requests: int
) -> None:
    pages = load(paper, cached(tmp_path), writing(error))
    assert pages[0].status is PageStatus.RECOVERED
    engine = writing()
    load(paper, cached(tmp_path), engine)
    assert len(engine.requests) == num_requests


def test_an_engine_that_is_not_repeatable_is_never_cached(paper: Path, tmp_path: Path) -> None:
    for _ in range(2):
        engine = writing()
        engine.identity = EngineIdentity("scripted", "1", "none", is_repeatable=False)
        load(paper, cached(tmp_path), engine)
        assert len(engine.requests) == 3


def test_nothing_is_kept_of_a_run_with_a_password(paper: Path, tmp_path: Path) -> None:
    load(paper, cached(tmp_path, render=RenderSettings(password=SecretStr("canary"))), writing())
    assert not (tmp_path / "cache").exists()


def test_by_default_nothing_is_kept(paper: Path) -> None:
    assert LoadSettings().cache is None


def test_a_cache_that_cannot_be_written_costs_a_line_in_the_log(
    paper: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """F15, where it is about the cache."""
    (tmp_path / "cache").write_text("a file where a folder should be")
    pages = load(paper, cached(tmp_path), writing())
    assert [page.status.value for page in pages] == ["ok", "blank", "ok", "ok"]
    assert len([record for record in caplog.records if "cannot be used" in record.message]) == 1


def test_a_record_that_was_damaged_is_read_anew(paper: Path, tmp_path: Path) -> None:
    load(paper, cached(tmp_path), writing())
    with PageStore(CacheSettings(folder=tmp_path / "cache")) as store:
        path = store.path
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE pages SET record = x'00' WHERE page_index = 2")
    connection.close()
    engine = writing()
    pages = load(paper, cached(tmp_path), engine)
    assert [request.page_index for request in engine.requests] == [2]
    assert [page.page_index for page in pages] == [0, 1, 2, 3]


def test_pages_that_are_known_come_before_the_engine_is_asked_for_the_rest(paper: Path, tmp_path: Path) -> None:
    load(paper, cached(tmp_path, render=RenderSettings(pages="1-3")), writing())
    engine = writing()
    pages = ocr2_loaders.load(paper, settings=cached(tmp_path), engine=engine)
    assert [next(pages).page_index for _ in range(3)] == [0, 1, 2]
    assert not engine.requests
    assert next(pages).text == "words of page 3"


def test_several_documents_keep_their_order(paper: Path, tmp_path: Path) -> None:
    other = write_paper(tmp_path / "other.pdf", ["five", "six"])
    load(paper, cached(tmp_path, render=RenderSettings(pages="2-3")), writing())
    pages = load([other, paper, other], cached(tmp_path), writing())
    assert [(page.source.name, page.page_index) for page in pages] == [
        *(("other.pdf", index) for index in range(2)),
        *(("paper.pdf", index) for index in range(4)),
        *(("other.pdf", index) for index in range(2)),
    ]


def test_a_request_looks_the_same_with_and_without_a_cache(paper: Path, tmp_path: Path) -> None:
    def facts(request: PageRequest) -> tuple[Any, ...]:
        return (request.page_index, request.pixels_sha256(), request.prompt, request.width_pt, request.text_layer)

    plain, with_cache = writing(), writing()
    load(paper, LoadSettings(), plain)
    load(paper, cached(tmp_path), with_cache)
    assert [facts(request) for request in plain.requests] == [facts(request) for request in with_cache.requests]


def test_another_version_of_the_engine_that_is_fallen_back_on_makes_other_keys() -> None:
    def key(fallback: EngineIdentity | None) -> str:
        keys = DocumentKeys(
            EngineIdentity("endpoint", "1", "m"), RenderSettings(), TranscriptionSettings(), fallback=fallback
        )
        return keys.key(source())

    identities = (None, EngineIdentity("embedded", "1", "r"), EngineIdentity("embedded", "2", "r"))
    assert len({key(each) for each in identities}) == 3
