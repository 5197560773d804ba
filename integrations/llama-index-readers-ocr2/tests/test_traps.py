"""What LlamaIndex demands of a reader's documents, each demand by name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from llama_index.core import SimpleDirectoryReader
from llama_index.core.embeddings import MockEmbedding
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import Document, MetadataMode, TextNode
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.vector_stores import SimpleVectorStore
from llama_index.core.vector_stores.utils import node_to_metadata_dict
from llama_index.readers.ocr2 import Ocr2NodeParser, Ocr2Reader

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.export.metadata import BOOKKEEPING_KEYS
from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from tests.support.papers import TABLE_TRANSCRIPT, transcript, write_paper

TRANSCRIPTS = (
    transcript("Results", " ".join(f"Yields rose in {year}." for year in range(1960, 2000))),
    TABLE_TRANSCRIPT,
)


def splitter(chunk_size: int) -> SentenceSplitter:
    """LlamaIndex's own, with sentences found without NLTK's data files."""
    return SentenceSplitter(chunk_size=chunk_size, chunk_overlap=0, chunking_tokenizer_fn=str.splitlines)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["Results", "Yields by year"])


def reader(mode: str = "page", num_files: int = 1) -> Ocr2Reader:
    return Ocr2Reader(mode=mode, engine=ReplayEngine.from_texts(TRANSCRIPTS * num_files))


@pytest.mark.parametrize("mode", ["single", "page", "block", "chunk"])
def test_flat_metadata_stores_take_it(paper: Path, mode: str) -> None:
    for document in reader(mode).load_data(paper):
        node_to_metadata_dict(document, flat_metadata=True)


@pytest.mark.parametrize("mode", ["single", "page", "block", "chunk"])
def test_keys_come_in_one_order_because_the_hash_depends_on_it(paper: Path, mode: str) -> None:
    first, second = (reader(mode).load_data(paper) for _ in range(2))
    assert [list(document.metadata) for document in first] == [list(document.metadata) for document in second]
    swapped = Document(text=first[0].text, metadata=dict(reversed(first[0].metadata.items())))
    assert swapped.hash != first[0].hash == second[0].hash


@pytest.mark.parametrize("metadata_mode", [MetadataMode.EMBED, MetadataMode.LLM])
def test_bookkeeping_is_neither_embedded_nor_shown_to_a_model(paper: Path, metadata_mode: MetadataMode) -> None:
    document = reader("block").load_data(paper)[-1]
    shown = document.get_metadata_str(metadata_mode)
    assert shown.splitlines() == [
        "file_name: paper.pdf",
        "page_number: 2",
        "page_label: 2",
        "heading_path: Results",
    ]


@pytest.mark.parametrize("mode", ["single", "page", "block", "chunk"])
def test_a_sentence_splitter_with_small_chunks_is_not_stopped_by_long_metadata(paper: Path, mode: str) -> None:
    documents = reader(mode).load_data(paper)
    nodes = splitter(64).get_nodes_from_documents(documents)
    assert len(nodes) > len(documents)


def test_documents_share_no_list_that_a_reader_around_them_extends(paper: Path) -> None:
    first, second = reader().load_data(paper)
    first.excluded_embed_metadata_keys.append("file_name")
    first.excluded_llm_metadata_keys.append("file_name")
    assert second.excluded_embed_metadata_keys == second.excluded_llm_metadata_keys == list(BOOKKEEPING_KEYS)


def test_metadata_stays_small_enough_to_be_copied_into_every_node(paper: Path) -> None:
    metadata = reader().load_data(paper)[0].metadata
    assert len(str({key: value for key, value in metadata.items() if key not in {"source", "file_path"}})) < 700


def test_a_node_of_one_word_does_not_store_its_neighbours_metadata(paper: Path) -> None:
    """Of what is stored most is its own metadata, its document's, and the two lists of keys that are not embedded."""
    parser = Ocr2NodeParser(chunks=ChunkSettings(policy=ChunkPolicy.BLOCK))
    word, text, table = (
        node for node in parser.get_nodes_from_documents(reader().load_data(paper)) if type(node) is TextNode
    )
    assert len(str(table.metadata)) > 4000
    assert len(text.to_json()) - len(text.text) < 5000
    assert len(word.to_json()) < 5000


def test_a_document_is_never_a_string_of_json(paper: Path) -> None:
    """Any splitter of LlamaIndex's can cut it."""
    for document in reader("single").load_data(paper):
        assert document.text.startswith("# Results")


@pytest.mark.parametrize("mode", ["single", "page", "block", "chunk"])
def test_every_mode_has_the_keys_by_which_others_know_a_page(paper: Path, mode: str) -> None:
    for document in reader(mode).load_data(paper):
        assert {"file_name", "file_path", "file_type", "source", "total_pages"} <= document.metadata.keys()
        assert mode == "single" or {"page", "page_number", "page_label"} <= document.metadata.keys()


@pytest.mark.parametrize("mode", ["single", "page", "block", "chunk"])
def test_a_second_run_of_a_pipeline_adds_and_embeds_nothing(paper: Path, mode: str) -> None:
    store = SimpleVectorStore()
    pipeline = IngestionPipeline(
        transformations=[splitter(256), MockEmbedding(embed_dim=4)],
        docstore=SimpleDocumentStore(),
        vector_store=store,
        docstore_strategy=DocstoreStrategy.UPSERTS,
    )
    assert pipeline.run(documents=reader(mode).load_data(paper))
    before = set(store.data.embedding_dict)
    pipeline.cache.clear()
    assert pipeline.run(documents=reader(mode).load_data(paper)) == []
    assert set(store.data.embedding_dict) == before


def test_a_page_that_failed_at_first_replaces_its_placeholder_in_the_second_run(paper: Path) -> None:
    store = SimpleVectorStore()
    pipeline = IngestionPipeline(
        transformations=[MockEmbedding(embed_dim=4)],
        docstore=SimpleDocumentStore(),
        vector_store=store,
        docstore_strategy=DocstoreStrategy.UPSERTS,
    )
    pipeline.run(documents=Ocr2Reader(engine=ReplayEngine.from_texts(TRANSCRIPTS[:1])).load_data(paper))
    (replaced,) = pipeline.run(documents=reader().load_data(paper))
    assert replaced.metadata["page_number"] == 2
    assert len(store.data.embedding_dict) == 2


def directory_reader(folder: Path, file_extractor: dict[str, Any], **options: Any) -> SimpleDirectoryReader:
    return SimpleDirectoryReader(str(folder), file_extractor=file_extractor, **options)


def test_one_reader_serves_every_file_of_a_directory(paper: Path) -> None:
    shutil.copy(paper, paper.with_name("second.pdf"))
    documents = directory_reader(paper.parent, {".pdf": reader(num_files=2)}).load_data()
    assert [document.metadata["file_name"] for document in documents] == ["paper.pdf"] * 2 + ["second.pdf"] * 2
    assert documents[0].metadata["file_size"] == paper.stat().st_size


async def test_a_directory_can_be_read_asynchronously(paper: Path) -> None:
    documents = await directory_reader(paper.parent, {".pdf": reader()}).aload_data()
    assert [document.metadata["page_number"] for document in documents] == [1, 2]


def test_a_directory_reader_can_number_the_documents_itself(paper: Path) -> None:
    documents = directory_reader(paper.parent, {".pdf": reader()}, filename_as_id=True).load_data()
    assert [document.id_ for document in documents] == [f"{paper}_part_0", f"{paper}_part_1"]


def test_files_are_read_from_the_file_system_that_is_handed_over(paper: Path) -> None:
    fs = MemoryFileSystem()
    fs.pipe("/papers/paper.pdf", paper.read_bytes())
    try:
        documents = directory_reader(Path("/papers"), {".pdf": reader()}, fs=fs).load_data()
    finally:
        fs.rm("/papers", recursive=True)
    assert [document.text[:9] for document in documents] == ["# Results", documents[1].text[:9]]
    assert [document.id_ for document in documents] == [document.id_ for document in reader().load_data(paper)]


def test_a_directory_reader_does_not_lose_the_file_whose_page_fails(paper: Path) -> None:
    failing = Ocr2Reader(engine=ReplayEngine.from_texts(TRANSCRIPTS[:1]))
    documents = directory_reader(paper.parent, {".pdf": failing}).load_data()
    assert [document.metadata["page_status"] for document in documents] == ["ok", "failed"]


def test_a_directory_reader_does_not_lose_the_file_that_cannot_be_opened(paper: Path) -> None:
    paper.write_bytes(b"%PDF-1.7 and nothing else")
    (document,) = directory_reader(paper.parent, {".pdf": reader()}).load_data()
    assert document.metadata["page_status"] == "failed"


def test_a_directory_reader_does_not_swallow_an_engine_that_cannot_start(paper: Path) -> None:
    with pytest.raises(ImportError, match="nonsense"):
        directory_reader(paper.parent, {".pdf": Ocr2Reader(engine="nonsense")}).load_data()


def test_worker_processes_refuse_a_runtime_that_cannot_travel(paper: Path) -> None:
    shutil.copy(paper, paper.with_name("second.pdf"))
    with pytest.raises(Exception, match="name the engine"):
        directory_reader(paper.parent, {".pdf": reader()}).load_data(num_workers=2)


def test_worker_processes_start_a_named_engine_themselves(paper: Path) -> None:
    pytest.importorskip("rapidocr", reason="the embedded engine is not installed")
    shutil.copy(paper, paper.with_name("second.pdf"))
    embedded = Ocr2Reader(engine="embedded")
    documents = directory_reader(paper.parent, {".pdf": embedded}).load_data(num_workers=2)
    assert [document.metadata["page_number"] for document in documents] == [1, 2, 1, 2]
    assert {document.metadata["page_status"] for document in documents} == {"ok"}
