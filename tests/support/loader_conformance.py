"""What every good LangChain loader keeps to, as tests to inherit: LangChain's own suites have none for loaders."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.indexing import InMemoryRecordManager, index
from langchain_core.vectorstores import InMemoryVectorStore

from tests.support.vector_stores import assert_storable

MakeLoader = Callable[[], BaseLoader]


class LoaderConformance:
    """Inherit in a class `Test…` with a fixture `make_loader`, whose every loader is to give the same documents."""

    key_encoder: Callable[[Document], str] | str = "sha256"
    """What the documents are indexed with; a callable that gives their ids must keep them."""

    def test_it_gives_documents(self, make_loader: MakeLoader) -> None:
        documents = make_loader().load()
        assert documents
        assert {type(document) for document in documents} == {Document}

    def test_lazy_asynchronous_and_eager_loading_give_the_same(self, make_loader: MakeLoader) -> None:
        async def streamed() -> list[Document]:
            return [document async for document in make_loader().alazy_load()]

        documents = make_loader().load()
        assert documents == list(make_loader().lazy_load())
        assert documents == asyncio.run(streamed())
        assert documents == asyncio.run(make_loader().aload())

    def test_every_document_has_an_id_of_its_own(self, make_loader: MakeLoader) -> None:
        ids = [document.id for document in make_loader().load()]
        assert all(ids)
        assert len(set(ids)) == len(ids)

    def test_another_run_gives_the_same_ids_and_the_same_keys_in_the_same_order(self, make_loader: MakeLoader) -> None:
        first, second = (make_loader().load() for _ in range(2))
        assert [document.id for document in first] == [document.id for document in second]
        assert json.dumps([each.metadata for each in first]) == json.dumps([each.metadata for each in second])

    def test_metadata_suits_the_pickiest_store(self, make_loader: MakeLoader) -> None:
        for document in make_loader().load():
            assert_storable(document.metadata)

    def test_every_document_names_its_source(self, make_loader: MakeLoader) -> None:
        assert all(document.metadata.get("source") for document in make_loader().load())

    def test_pages_count_from_0_and_page_numbers_from_1(self, make_loader: MakeLoader) -> None:
        for metadata in (document.metadata for document in make_loader().load()):
            assert metadata.get("page", 0) >= 0
            assert metadata.get("page_number", 1) == metadata.get("page", 0) + 1
            assert isinstance(metadata.get("page_label", ""), str)

    def test_documents_come_back_from_json(self, make_loader: MakeLoader) -> None:
        for document in make_loader().load():
            assert Document.model_validate_json(document.model_dump_json()) == document

    def test_documents_share_no_metadata(self, make_loader: MakeLoader) -> None:
        first, *others = make_loader().load()
        first.metadata["tenant"] = "acme"
        assert not any("tenant" in other.metadata for other in others)

    def test_indexing_a_second_time_writes_nothing(self, make_loader: MakeLoader) -> None:
        store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
        first, second = indexed_twice(make_loader, store, self.key_encoder)
        documents = make_loader().load()
        assert (first["num_added"], first["num_skipped"]) == (len(documents), 0)
        assert (second["num_added"], second["num_skipped"]) == (0, len(documents))
        if callable(self.key_encoder):
            assert set(store.store) == {document.id for document in documents}


def indexed_twice(make_loader: MakeLoader, store: Any, key_encoder: Any) -> list[Any]:
    """What LangChain's `index` says of two runs with one record manager."""
    records = InMemoryRecordManager(namespace="conformance")
    records.create_schema()
    return [index(make_loader(), records, store, cleanup="full", key_encoder=key_encoder) for _ in range(2)]
