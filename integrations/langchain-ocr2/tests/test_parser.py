"""The parser on blobs, alone and under the loader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from langchain_core.document_loaders import BaseBlobParser, BlobLoader
from langchain_core.documents.base import Blob
from langchain_ocr2 import Ocr2BlobParser, Ocr2Loader
from pydantic import SecretStr

from model_runtime.engines.registry import ENGINES, EngineEntry
from model_runtime.engines.replay import ReplayEngine
from tests.support.engines import WaitingEngine
from tests.support.papers import transcript, write_paper

TRANSCRIPTS = (transcript("Results", "Yields rose."), transcript("Discussion", "They fell."))


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["Results", "Discussion"])


def parser(num_files: int = 1) -> Ocr2BlobParser:
    return Ocr2BlobParser(engine=ReplayEngine.from_texts(TRANSCRIPTS * num_files))


def test_it_is_a_parser_that_leaves_the_conveniences_to_langchain() -> None:
    assert issubclass(Ocr2BlobParser, BaseBlobParser)
    assert Ocr2BlobParser.parse is BaseBlobParser.parse


def test_a_blob_of_a_path_gives_what_the_loader_gives_for_the_path(paper: Path) -> None:
    loaded = Ocr2Loader(paper, engine=ReplayEngine.from_texts(TRANSCRIPTS)).load()
    assert parser().parse(Blob.from_path(paper)) == loaded


def test_a_blob_of_bytes_gives_the_same_ids_and_texts_as_the_file(paper: Path) -> None:
    from_path = parser().parse(Blob.from_path(paper))
    from_data = parser().parse(Blob.from_data(paper.read_bytes()))
    assert [(each.id, each.page_content) for each in from_data] == [(each.id, each.page_content) for each in from_path]


def test_bytes_are_said_to_come_from_where_their_blob_says(paper: Path) -> None:
    blob = Blob.from_data(paper.read_bytes(), path="s3://bucket/papers/one.pdf")
    for document in parser().parse(blob):
        assert (document.metadata["source"], document.metadata["file_name"]) == (blob.source, "one.pdf")


def test_a_blobs_metadata_goes_into_every_document_as_it_is(paper: Path) -> None:
    blob = Blob.from_path(paper, metadata={"tenant": "acme", "source": "https://example.org/paper"})
    documents = parser().parse(blob)
    assert len(documents) == 2
    for document in documents:
        assert (document.metadata["tenant"], document.metadata["source"]) == ("acme", blob.source)


def test_a_blob_that_cannot_be_read_is_a_document_that_says_why(tmp_path: Path) -> None:
    (gone,) = parser().parse(Blob.from_path(tmp_path / "gone.pdf"))
    (text,) = parser().parse(Blob.from_data("just words"))
    assert (gone.metadata["error_type"], gone.page_content) == ("SourceNotFound", "")
    assert (text.metadata["page_status"], text.page_content) == ("failed", "")


def test_a_blob_with_a_url_is_read_from_there(paper: Path) -> None:
    fs = MemoryFileSystem()
    fs.pipe("/papers/paper.pdf", paper.read_bytes())
    try:
        documents = parser().parse(Blob.from_path("memory://papers/paper.pdf"))
    finally:
        fs.rm("/papers", recursive=True)
    assert [document.id for document in documents] == [each.id for each in parser().parse(Blob.from_path(paper))]


def test_pages_of_a_blob_come_while_later_ones_are_still_unread(paper: Path) -> None:
    engine = WaitingEngine()
    engine.go.set()
    assert next(Ocr2BlobParser(engine=engine).lazy_parse(Blob.from_path(paper))).page_content == "word"
    assert engine.num_pages == 1


def test_a_named_engine_serves_all_blobs_until_the_parser_is_closed(
    paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[WaitingEngine] = []
    monkeypatch.setattr(WaitingEngine, "from_options", lambda _: _opened_into(opened))
    monkeypatch.setitem(ENGINES, "waiting", EngineEntry("tests.support.engines", "WaitingEngine", ()))
    with Ocr2BlobParser(engine="waiting") as parser:
        for _ in range(2):
            assert len(parser.parse(Blob.from_path(paper))) == 2
        assert [engine.num_closed for engine in opened] == [0]
    assert [engine.num_closed for engine in opened] == [1]


def _opened_into(opened: list[WaitingEngine]) -> WaitingEngine:
    opened.append(WaitingEngine())
    opened[-1].go.set()
    return opened[-1]


def test_an_unknown_mode_is_refused_at_once_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'blocks' is not one of 'single', 'page', 'block', 'chunk'"):
        Ocr2BlobParser(mode="blocks")  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("password", ["open sesame", SecretStr("open sesame")])
def test_a_password_is_kept_secret(password: str | SecretStr) -> None:
    secret = Ocr2BlobParser(password=password).settings.render.password
    assert secret is not None
    assert secret.get_secret_value() == "open sesame"
    assert "sesame" not in repr(Ocr2Loader("paper.pdf", password=password).parser.settings)


class Folder(BlobLoader):
    """A blob loader such as a user may have."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def yield_blobs(self) -> Iterator[Blob]:
        for path in sorted(self.folder.glob("*.pdf")):
            yield Blob.from_path(path, metadata={"shelf": path.stem})


def test_the_loader_reads_what_any_blob_loader_finds(paper: Path) -> None:
    write_paper(paper.with_name("second.pdf"), ["Results again", "Discussion again"])
    loader = Ocr2Loader(Folder(paper.parent), engine=ReplayEngine.from_texts(TRANSCRIPTS * 2))
    assert [document.metadata["shelf"] for document in loader.lazy_load()] == ["paper", "paper", "second", "second"]


def test_the_loader_takes_blobs_and_paths_side_by_side(paper: Path) -> None:
    loader = Ocr2Loader(
        [Blob.from_path(paper, metadata={"tenant": "acme"}), paper], engine=ReplayEngine.from_texts(TRANSCRIPTS * 2)
    )
    documents = loader.load()
    assert ["tenant" in document.metadata for document in documents] == [True, True, False, False]
    assert [document.id for document in documents[:2]] == [document.id for document in documents[2:]]
