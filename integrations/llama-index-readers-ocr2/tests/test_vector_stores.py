"""Nodes in four real vector stores, through LlamaIndex's own classes for them, and a question answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.schema import BaseNode, Document, QueryBundle
from llama_index.core.vector_stores import VectorStoreQuery
from llama_index.core.vector_stores.types import BasePydanticVectorStore
from llama_index.core.vector_stores.utils import node_to_metadata_dict
from llama_index.readers.ocr2 import Ocr2NodeParser

from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from tests.support.local_embedding import local_embedding
from tests.support.vector_stores import MAX_METADATA_BYTES, NUM_DIMENSIONS, assert_storable, embedding_of

Read = Callable[..., list[Document]]


class SmallEmbedding(BaseEmbedding):
    """Deterministic, from the words alone."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return embedding_of(text)

    _get_query_embedding = _get_text_embedding

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return embedding_of(query)


class LocalEmbedding(BaseEmbedding):
    """A real model."""

    def _get_text_embedding(self, text: str) -> list[float]:
        (vector,) = local_embedding()([text])
        return vector

    _get_query_embedding = _get_text_embedding

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def chroma(folder: Path) -> BasePydanticVectorStore:
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
    return ChromaVectorStore(chroma_collection=client.create_collection("nodes", embedding_function=None))


def qdrant(folder: Path) -> BasePydanticVectorStore:
    from llama_index.vector_stores.qdrant import QdrantVectorStore
    from qdrant_client import QdrantClient

    return QdrantVectorStore(client=QdrantClient(path=str(folder)), collection_name="nodes")


def lancedb(folder: Path) -> BasePydanticVectorStore:
    from llama_index.vector_stores.lancedb import LanceDBVectorStore

    return LanceDBVectorStore(uri=str(folder))


STORES = {"chroma": chroma, "qdrant": qdrant, "lancedb": lancedb}


def all_kinds_of_node(read: Read) -> list[BaseNode]:
    """Texts, parts of a table, its summary, a figure without its picture, and a page that failed."""
    good = Ocr2NodeParser(chunks=ChunkSettings(max_tokens=160)).get_nodes_from_documents(read())
    failed = Ocr2NodeParser(chunks=ChunkSettings(policy=ChunkPolicy.BLOCK)).get_nodes_from_documents(read(texts=()))
    nodes = [*good, *failed]
    for node in nodes:
        node.embedding = embedding_of(node.get_content())
    return nodes


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant")
@pytest.mark.filterwarnings("ignore:table_names\\(\\) is deprecated:DeprecationWarning")  # LlamaIndex's class calls it
@pytest.mark.parametrize("store", STORES)
def test_nodes_are_read_back_equal(store: str, read: Read, tmp_path: Path) -> None:
    pytest.importorskip(f"llama_index.vector_stores.{store}")
    nodes = all_kinds_of_node(read)
    vector_store = STORES[store](tmp_path / store)
    vector_store.add(nodes)
    query = VectorStoreQuery(query_embedding=embedding_of("yields"), similarity_top_k=len(nodes))
    found = {node.node_id: node for node in vector_store.query(query).nodes}
    assert found.keys() == {node.node_id for node in nodes}
    for node in nodes:
        read_back = found[node.node_id]
        assert (type(read_back), read_back.get_content()) == (type(node), node.get_content())
        assert read_back.metadata == node.metadata
        assert read_back.relationships == node.relationships


def test_faiss_finds_nodes_that_are_kept_beside_it(read: Read, tmp_path: Path) -> None:
    faiss = pytest.importorskip("faiss")
    stores = pytest.importorskip("llama_index.vector_stores.faiss")
    nodes = all_kinds_of_node(read)
    empty = stores.FaissVectorStore(faiss_index=faiss.IndexFlatL2(NUM_DIMENSIONS))
    storage = StorageContext.from_defaults(vector_store=empty)
    VectorStoreIndex(nodes, storage_context=storage, embed_model=SmallEmbedding())
    storage.persist(tmp_path / "faiss")
    kept = stores.FaissVectorStore.from_persist_dir(str(tmp_path / "faiss"))
    restored = StorageContext.from_defaults(vector_store=kept, persist_dir=str(tmp_path / "faiss"))
    index = load_index_from_storage(restored, embed_model=SmallEmbedding())
    found = {each.node_id: each.node for each in index.as_retriever(similarity_top_k=len(nodes)).retrieve("yields")}
    assert {node_id: node.metadata for node_id, node in found.items()} == {node.id_: node.metadata for node in nodes}


def test_metadata_suits_the_pickiest_store(read: Read) -> None:
    for node in all_kinds_of_node(read):
        assert_storable(node.metadata)


@pytest.mark.parametrize("policy", ChunkPolicy)
def test_all_that_is_stored_of_a_node_stays_below_forty_kilobytes(read: Read, policy: ChunkPolicy) -> None:
    """Its metadata, and everything else about it, as JSON in one more key."""
    title = "A heading without end " * 100
    texts = tuple(
        f"<|ref|>title<|/ref|><|det|>[[1, {10 * n}, 9, {10 * n}]]<|/det|>\n# {title} {n}\n\n" for n in range(3)
    )
    nodes = Ocr2NodeParser(chunks=ChunkSettings(policy=policy, max_tokens=2048)).get_nodes_from_documents(
        [*read(), *read(texts=texts)]
    )
    for node in nodes:
        stored: dict[str, Any] = node_to_metadata_dict(node, remove_text=True, flat_metadata=True)
        assert len(json.dumps(stored).encode()) < MAX_METADATA_BYTES


@pytest.mark.parametrize(
    ("question", "heading_path"),
    [
        ("How did you count ears on the fields?", "Wheat > 1 Method"),
        ("Did the harvest rise each year?", "Wheat > 2 Results"),
        ("Outlook, with a figure", "Wheat > 3 Outlook"),
    ],
)
def test_a_question_finds_its_section_with_a_real_model(read: Read, question: str, heading_path: str) -> None:
    nodes = Ocr2NodeParser(chunks=ChunkSettings(max_tokens=256)).get_nodes_from_documents(read())
    index = VectorStoreIndex(nodes, embed_model=LocalEmbedding())
    (best,) = index.as_retriever(similarity_top_k=1).retrieve(QueryBundle(question))
    assert best.node.metadata["heading_path"].startswith(heading_path)
    assert best.node.metadata["bbox_x0"] == pytest.approx(0.1001)
