"""Reader, node parser and `IngestionPipeline` together: what a second run does, and what processes do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import SimpleDirectoryReader
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import RecursiveRetriever
from llama_index.core.schema import Document, ImageNode, IndexNode
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.storage.docstore.utils import doc_to_json, json_to_doc
from llama_index.core.vector_stores import SimpleVectorStore
from llama_index.readers.ocr2 import Ocr2NodeParser, Ocr2Reader
from pydantic import PrivateAttr

from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from tests.support.vector_stores import NUM_DIMENSIONS

Read = Callable[..., list[Document]]
SMALL = ChunkSettings(max_tokens=160)


class CountingEmbedding(MockEmbedding):
    """Counts the texts that it was asked for."""

    _num_texts: int = PrivateAttr(default=0)

    def __init__(self, **options: Any) -> None:
        super().__init__(embed_dim=4, **options)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        self._num_texts += len(texts)
        return super()._get_text_embeddings(texts)


def pipeline(*transformations: Any, strategy: DocstoreStrategy = DocstoreStrategy.UPSERTS) -> IngestionPipeline:
    return IngestionPipeline(
        transformations=list(transformations),
        docstore=SimpleDocumentStore(),
        vector_store=SimpleVectorStore(),
        docstore_strategy=strategy,
        disable_cache=True,
    )


def stored_ids(run: IngestionPipeline) -> set[str]:
    return set(run.vector_store.data.embedding_dict)


@pytest.mark.parametrize("mode", ["single", "page", "block", "chunk"])
@pytest.mark.parametrize("strategy", [DocstoreStrategy.UPSERTS, DocstoreStrategy.DUPLICATES_ONLY])
def test_a_second_run_embeds_nothing(read: Read, mode: str, strategy: DocstoreStrategy) -> None:
    embedding = CountingEmbedding()
    run = pipeline(Ocr2NodeParser(chunks=SMALL, figures=True), embedding, strategy=strategy)
    first = run.run(documents=read(mode=mode))
    before = stored_ids(run)
    assert embedding._num_texts == len(first) == len(before) > 5
    assert run.run(documents=read(mode=mode)) == []
    assert (embedding._num_texts, stored_ids(run)) == (len(first), before)


def test_a_second_run_from_a_persisted_docstore_embeds_nothing(read: Read, tmp_path: Path) -> None:
    first = pipeline(Ocr2NodeParser(chunks=SMALL), CountingEmbedding())
    first.run(documents=read())
    first.docstore.persist(str(tmp_path / "docstore.json"))
    embedding = CountingEmbedding()
    second = pipeline(Ocr2NodeParser(chunks=SMALL), embedding)
    second.docstore = SimpleDocumentStore.from_persist_path(str(tmp_path / "docstore.json"))
    assert second.run(documents=read()) == []
    assert embedding._num_texts == 0


def test_only_the_page_that_changed_is_embedded_again(read: Read) -> None:
    embedding = CountingEmbedding()
    run = pipeline(Ocr2NodeParser(chunks=SMALL), embedding)
    run.run(documents=read())
    before, num_texts = stored_ids(run), embedding._num_texts
    changed = read()
    changed[2].metadata["tenant"] = "acme"
    (*_, last) = run.run(documents=changed)
    assert last.metadata["tenant"] == "acme"
    assert 0 < embedding._num_texts - num_texts < num_texts
    assert stored_ids(run) == before


def test_the_cache_of_a_pipeline_knows_the_parser_by_its_options(read: Read) -> None:
    run = IngestionPipeline(transformations=[Ocr2NodeParser(chunks=SMALL)])
    small = run.run(documents=read())
    assert [node.id_ for node in run.run(documents=read())] == [node.id_ for node in small]
    run.transformations = [Ocr2NodeParser(chunks=ChunkSettings(max_tokens=512))]
    assert len(run.run(documents=read())) < len(small)


def test_a_pipeline_in_several_processes_makes_the_same_nodes(read: Read) -> None:
    run = IngestionPipeline(transformations=[Ocr2NodeParser(chunks=SMALL)], disable_cache=True)
    documents = read(mode="single")
    assert [each.id_ for each in run.run(documents=documents * 2, num_workers=2)] == [
        each.id_ for each in run.run(documents=documents) * 2
    ]


async def test_a_pipeline_can_run_asynchronously(read: Read) -> None:
    run = IngestionPipeline(transformations=[Ocr2NodeParser(chunks=SMALL)], disable_cache=True)
    assert [node.id_ for node in await run.arun(documents=read())] == [node.id_ for node in run.run(documents=read())]


def test_a_splitter_behind_the_parser_finds_its_budget_kept(read: Read) -> None:
    nodes = Ocr2NodeParser(chunks=SMALL).get_nodes_from_documents(read())
    splitter = SentenceSplitter(chunk_size=400, chunk_overlap=0, chunking_tokenizer_fn=str.splitlines)
    assert [node.text for node in splitter(nodes)] == [node.text.strip() for node in nodes]


def test_nodes_of_every_kind_survive_a_docstore(read: Read) -> None:
    nodes = Ocr2NodeParser(chunks=SMALL, figures=True).get_nodes_from_documents(read())
    assert {type(node).__name__ for node in nodes} == {"TextNode", "IndexNode", "ImageNode"}
    for node in nodes:
        stored = json_to_doc(json.loads(json.dumps(doc_to_json(node))))
        assert (type(stored), stored.hash, stored.metadata) == (type(node), node.hash, node.metadata)
        assert stored.relationships == node.relationships
    (figure,) = [node for node in nodes if isinstance(node, ImageNode)]
    assert json_to_doc(doc_to_json(figure)).image == figure.image


def test_a_recursive_retriever_goes_from_a_summary_to_its_table(read: Read) -> None:
    from llama_index.core import VectorStoreIndex

    nodes = Ocr2NodeParser(chunks=ChunkSettings(policy=ChunkPolicy.BLOCK)).get_nodes_from_documents(read())
    (summary,) = [node for node in nodes if isinstance(node, IndexNode)]
    index = VectorStoreIndex([summary], embed_model=MockEmbedding(embed_dim=NUM_DIMENSIONS))
    retriever = RecursiveRetriever(
        "root", {"root": index.as_retriever()}, node_dict={node.node_id: node for node in nodes}
    )
    (found,) = retriever.retrieve("What was the yield in 1999?")
    assert found.node.text.startswith("Year\tYield")


def test_worker_processes_of_a_directory_reader_give_documents_with_their_pages(paper: Path) -> None:
    pytest.importorskip("rapidocr", reason="the embedded engine is not installed")
    shutil.copy(paper, paper.with_name("second.pdf"))
    reader = SimpleDirectoryReader(str(paper.parent), file_extractor={".pdf": Ocr2Reader(engine="embedded")})
    documents = reader.load_data(num_workers=2)
    assert [len(document.pages) for document in documents] == [1] * 6
    nodes = Ocr2NodeParser().get_nodes_from_documents(documents)
    assert {node.metadata["file_size"] for node in nodes} == {paper.stat().st_size}
    assert all("file_size" in node.excluded_embed_metadata_keys for node in nodes)


@pytest.mark.parametrize("mode", ["single", "chunk"])
def test_a_splitter_of_llamaindex_takes_documents_of_every_mode(read: Read, mode: str) -> None:
    splitter = SentenceSplitter(chunk_size=64, chunk_overlap=0, chunking_tokenizer_fn=str.splitlines)
    assert len(splitter.get_nodes_from_documents(read(mode=mode))) > 5
