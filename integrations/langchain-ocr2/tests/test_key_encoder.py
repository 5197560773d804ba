"""The keys under which documents are indexed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.indexing import InMemoryRecordManager, index
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_ocr2 import Ocr2Loader, ocr2_key_encoder
from langchain_text_splitters import RecursiveCharacterTextSplitter

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.settings import DocumentMode
from tests.support.papers import transcript, write_paper

WORDS = " ".join(f"Yields rose in {year}." for year in range(1960, 2000))
TRANSCRIPTS = (transcript("Results", WORDS), transcript("Discussion", WORDS))


class Index:
    """A store and its record manager, filled again and again."""

    def __init__(self) -> None:
        self.store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
        self.records = InMemoryRecordManager(namespace="papers")
        self.records.create_schema()

    def fill(self, documents: Sequence[Document]) -> dict[str, Any]:
        told = index(
            documents,
            self.records,
            self.store,
            cleanup="incremental",
            source_id_key="source",
            key_encoder=ocr2_key_encoder,
        )
        return dict(told)

    @property
    def texts(self) -> set[str]:
        return {str(entry["text"]) for entry in self.store.store.values()}


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["Results", "Discussion"])


def documents(paper: Path, mode: DocumentMode = "page", texts: Sequence[str] = TRANSCRIPTS) -> list[Document]:
    return Ocr2Loader(paper, mode=mode, engine=ReplayEngine.from_texts(texts)).load()


def test_a_document_is_kept_under_its_own_id(paper: Path) -> None:
    assert all(ocr2_key_encoder(document) == document.id for document in documents(paper))


@pytest.mark.parametrize("mode", ["single", "page", "block", "chunk"])
def test_a_page_that_failed_makes_room_for_the_page_that_was_read_later(paper: Path, mode: DocumentMode) -> None:
    filled = Index()
    filled.fill(documents(paper, mode, TRANSCRIPTS[:1]))
    filled.fill(documents(paper, mode))
    complete = documents(paper, mode)
    assert filled.texts == {document.page_content for document in complete}
    assert set(filled.store.store) == {document.id for document in complete}


def test_pieces_of_a_text_splitter_are_found_again(paper: Path) -> None:
    splitter = RecursiveCharacterTextSplitter(chunk_size=100, chunk_overlap=0)
    pieces = splitter.split_documents(documents(paper))
    assert {piece.id for piece in pieces} == {None}
    keys = [ocr2_key_encoder(piece) for piece in pieces]
    assert keys == [ocr2_key_encoder(piece) for piece in splitter.split_documents(documents(paper))]
    filled = Index()
    assert filled.fill(pieces)["num_added"] == len(set(keys)) > 2
    assert filled.fill(splitter.split_documents(documents(paper)))["num_added"] == 0


def test_the_same_words_on_two_pages_are_two_pieces() -> None:
    first, second = (Document("Yields rose.", metadata={"file_sha256": "a", "page": page}) for page in (0, 1))
    assert ocr2_key_encoder(first) != ocr2_key_encoder(second)


def test_every_key_is_a_uuid_because_some_stores_take_nothing_else(paper: Path) -> None:
    failed = documents(paper, texts=TRANSCRIPTS[:1])[1]
    for document in (failed, Document("A piece without an id.")):
        assert str(UUID(ocr2_key_encoder(document))) == ocr2_key_encoder(document)
