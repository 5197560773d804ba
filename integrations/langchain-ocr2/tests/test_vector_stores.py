"""Documents of every mode in real vector stores, through LangChain's own packages or, without one, the store's client.

For LanceDB and FAISS LangChain itself has only what is in langchain-community, which is being given up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, get_args

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from langchain_ocr2 import Ocr2Loader, ocr2_key_encoder

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.settings import DocumentMode
from tests.support.loader_conformance import indexed_twice
from tests.support.papers import TABLE_TRANSCRIPT, transcript, write_paper
from tests.support.vector_stores import NUM_DIMENSIONS, STORES, Stored, assert_storable, embedding_of

TRANSCRIPTS = (transcript("Results", "Yields rose in Kenya."), TABLE_TRANSCRIPT, transcript("Größe ≥ 3", "Ende \x1b"))
MODES = get_args(DocumentMode)


class WordEmbeddings(Embeddings):
    """Texts that share words lie near each other; the same on every machine."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [embedding_of(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return embedding_of(text)


def chroma(folder: Path, _: ExitStack) -> VectorStore:
    chromadb = pytest.importorskip("chromadb")
    langchain_chroma = pytest.importorskip("langchain_chroma")
    client = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
    return langchain_chroma.Chroma("papers", embedding_function=WordEmbeddings(), client=client)


def qdrant(folder: Path, stack: ExitStack) -> VectorStore:
    qdrant_client = pytest.importorskip("qdrant_client")
    langchain_qdrant = pytest.importorskip("langchain_qdrant")
    client = qdrant_client.QdrantClient(path=str(folder))
    stack.callback(client.close)
    sizes = qdrant_client.models.VectorParams(size=NUM_DIMENSIONS, distance=qdrant_client.models.Distance.COSINE)
    client.create_collection("papers", vectors_config=sizes)
    return langchain_qdrant.QdrantVectorStore(client, "papers", embedding=WordEmbeddings())


def ids_in_chroma(store: Any) -> set[str]:
    return set(store.get()["ids"])


def ids_in_qdrant(store: Any) -> set[str]:
    records, _ = store.client.scroll("papers", limit=100)
    return {str(record.id) for record in records}


LANGCHAIN_STORES: dict[str, tuple[Callable[[Path, ExitStack], VectorStore], Callable[[VectorStore], set[str]]]] = {
    "chroma": (chroma, ids_in_chroma),
    "qdrant": (qdrant, ids_in_qdrant),
}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["Results", "Yields by year", "Size", "Lost"])


def loader(paper: Path, mode: DocumentMode) -> Ocr2Loader:
    """Four pages, the last of which fails."""
    return Ocr2Loader(paper, mode=mode, engine=ReplayEngine.from_texts(TRANSCRIPTS))


def found_in(store: VectorStore, num_documents: int) -> list[Document]:
    """All documents; Qdrant's have their id, and the collection's name, among the metadata."""
    return [
        Document(
            id=found.metadata.pop("_id", found.id),
            page_content=found.page_content,
            metadata={key: value for key, value in found.metadata.items() if key != "_collection_name"},
        )
        for found in store.similarity_search("yields", k=num_documents)
    ]


def in_order(documents: list[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: str(document.id))


@pytest.mark.parametrize("mode", MODES)
def test_metadata_suits_the_pickiest_store(paper: Path, mode: DocumentMode) -> None:
    for document in loader(paper, mode).load():
        assert_storable(document.metadata)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", LANGCHAIN_STORES)
def test_documents_come_back_equal_through_langchain(
    name: str, mode: DocumentMode, paper: Path, tmp_path: Path, stack: ExitStack
) -> None:
    opened, _ = LANGCHAIN_STORES[name]
    store = opened(tmp_path / name, stack)
    documents = loader(paper, mode).load()
    store.add_documents(documents)
    assert in_order(found_in(store, len(documents))) == in_order(documents)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", LANGCHAIN_STORES)
def test_indexing_a_second_time_writes_nothing_into_the_store(
    name: str, mode: DocumentMode, paper: Path, tmp_path: Path, stack: ExitStack
) -> None:
    opened, ids_in = LANGCHAIN_STORES[name]
    store = opened(tmp_path / name, stack)
    first, second = indexed_twice(lambda: loader(paper, mode), store, ocr2_key_encoder)
    documents = loader(paper, mode).load()
    assert first["num_added"] == second["num_skipped"] == len(documents)
    assert second["num_added"] == second["num_updated"] == second["num_deleted"] == 0
    assert ids_in(store) == {ocr2_key_encoder(document) for document in documents}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["lancedb", "faiss"])
def test_documents_come_back_equal_through_the_stores_own_client(
    name: str, mode: DocumentMode, paper: Path, tmp_path: Path
) -> None:
    pytest.importorskip(name)
    written = [Stored(str(each.id), each.page_content, each.metadata) for each in loader(paper, mode).load()]
    read = STORES[name](tmp_path / name, written)
    assert sorted(read, key=lambda each: each.id) == sorted(written, key=lambda each: each.id)


def test_a_question_finds_the_page_and_its_place(paper: Path, tmp_path: Path, stack: ExitStack) -> None:
    store = chroma(tmp_path / "chroma", stack)
    store.add_documents(loader(paper, "block").load())
    (found,) = store.similarity_search("How did yields in Kenya change?", k=1, filter={"category": "NarrativeText"})
    assert found.page_content == "Yields rose in Kenya."
    assert (found.metadata["page_number"], found.metadata["heading_path"]) == (1, "Results")
    assert found.metadata["bbox_y0"] < found.metadata["bbox_y1"] < 0.25
