"""Documents with their pages: what travels with them, and what of them is stored."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable

import pytest
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import Document, TransformComponent
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.readers.ocr2 import Ocr2Document

Read = Callable[..., list[Document]]


def bare(document: Document) -> Document:
    """The same document as LlamaIndex's own class has it."""
    return Document(
        id_=document.id_,
        text=document.text,
        metadata=document.metadata,
        excluded_embed_metadata_keys=document.excluded_embed_metadata_keys,
        excluded_llm_metadata_keys=document.excluded_llm_metadata_keys,
    )


def test_a_pages_document_has_its_page_and_a_files_document_all_of_them(read: Read) -> None:
    assert [[page.page_number for page in document.pages] for document in read(mode="page")] == [[1], [2], [3]]
    assert [[page.page_number for page in document.pages] for document in read(mode="single")] == [[1, 2, 3]]


@pytest.mark.parametrize("mode", ["block", "chunk"])
def test_blocks_and_chunks_have_no_pages_with_them(read: Read, mode: str) -> None:
    assert {document.pages for document in read(mode=mode)} == {()}


@pytest.mark.parametrize("mode", ["single", "page"])
def test_pages_are_no_part_of_the_metadata_the_hash_and_what_is_stored(read: Read, mode: str) -> None:
    for document in read(mode=mode):
        assert document.hash == bare(document).hash
        assert document.to_dict() == bare(document).to_dict()
        assert document.model_dump(mode="json") == bare(document).model_dump(mode="json")
        assert document.class_name() == "Document"
        assert "PageResult" not in repr(document)


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda document: pickle.loads(pickle.dumps(document))])
def test_pages_travel_with_copies_and_to_other_processes(read: Read, travel: Callable[[Document], Document]) -> None:
    for document in read():
        there = travel(document)
        assert isinstance(there, Ocr2Document)
        assert there.pages == document.pages
        assert (there.id_, there.hash, there.made_metadata) == (document.id_, document.hash, document.made_metadata)


def test_a_docstore_gives_back_a_plain_document_with_the_same_hash(read: Read) -> None:
    documents = read()
    store = SimpleDocumentStore()
    store.add_documents(documents)
    restored = SimpleDocumentStore.from_dict(json.loads(json.dumps(store.to_dict())))
    for document in documents:
        stored = restored.get_document(document.id_)
        assert (type(stored), stored.text, stored.hash) == (Document, document.text, document.hash)


class Seen(TransformComponent):
    """Says which classes of node it was given."""

    kinds: list[str] = []  # noqa: RUF012  # pydantic copies a field's default

    def __call__(self, nodes: list[Document], **_: object) -> list[Document]:
        self.kinds.extend(type(node).__name__ for node in nodes if node.pages)
        return nodes


def test_pages_reach_the_first_step_of_a_pipeline(read: Read) -> None:
    seen = Seen()
    IngestionPipeline(transformations=[seen], disable_cache=True).run(documents=read())
    assert seen.kinds == ["Ocr2Document"] * 3


def test_it_has_a_json_schema() -> None:
    assert Ocr2Document.model_json_schema()["properties"]["text_resource"]
