"""What LangChain demands of loaders and what its tools do with documents, each by name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pikepdf
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from langchain_core.documents import Document
from langchain_core.documents.base import Blob
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.indexing import InMemoryRecordManager, aindex, index
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_ocr2 import Ocr2BlobParser, Ocr2Loader, ocr2_key_encoder
from langchain_text_splitters import RecursiveCharacterTextSplitter

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.settings import ChunkSettings, DocumentMode
from tests.support.papers import TABLE_TRANSCRIPT, transcript, write_paper

TRANSCRIPTS = (transcript("Results", "Yields rose. " * 30), TABLE_TRANSCRIPT)
MODES = get_args(DocumentMode)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["Results", "Yields by year"])


def replay() -> ReplayEngine:
    return ReplayEngine.from_texts(TRANSCRIPTS)


def documents(paper: Path, mode: DocumentMode = "page") -> list[Document]:
    return Ocr2Loader(paper, mode=mode, engine=replay()).load()


def test_langchain_community_is_being_given_up_and_not_needed() -> None:
    program = (
        "import sys; sys.modules['langchain_community'] = sys.modules['langchain'] = None; "
        "import langchain_ocr2; langchain_ocr2.Ocr2Loader('paper.pdf')"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_remote_files_are_read_without_a_blob_loader_from_langchain_community(paper: Path) -> None:
    fs = MemoryFileSystem()
    fs.pipe("/shelf/paper.pdf", paper.read_bytes())
    try:
        loaded = Ocr2Loader("memory://shelf", engine=replay()).load()
    finally:
        fs.rm("/shelf", recursive=True)
    assert [document.metadata["source"] for document in loaded] == ["memory://shelf/paper.pdf"] * 2


def test_langchains_own_hash_changes_with_any_value_so_no_value_changes_from_run_to_run(paper: Path) -> None:
    first, second = (documents(paper, "block") for _ in range(2))
    assert json.dumps([each.metadata for each in first]) == json.dumps([each.metadata for each in second])


def test_langchains_own_hash_raises_on_metadata_that_is_no_json(paper: Path) -> None:
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
    records = InMemoryRecordManager(namespace="papers")
    records.create_schema()
    assert index(documents(paper, "block"), records, store, key_encoder="sha256")["num_added"] == 3
    with pytest.raises(ValueError, match="hash metadata"):
        index([Document("text", metadata={"bbox": object()})], records, store, key_encoder="sha256")


def test_langchains_own_hash_replaces_our_ids_and_our_key_encoder_does_not(paper: Path) -> None:
    ids = {document.id for document in documents(paper)}
    kept = []
    for key_encoder in ("sha256", ocr2_key_encoder):
        store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
        records = InMemoryRecordManager(namespace="papers")
        records.create_schema()
        index(documents(paper), records, store, key_encoder=key_encoder)
        kept.append(set(store.store) == ids)
    assert kept == [False, True]


async def test_asynchronous_indexing_of_a_second_run_writes_nothing_either(paper: Path) -> None:
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
    records = InMemoryRecordManager(namespace="papers")
    await records.acreate_schema()
    runs = [
        await aindex(Ocr2Loader(paper, engine=replay()), records, store, cleanup="full", key_encoder=ocr2_key_encoder)
        for _ in range(2)
    ]
    assert [(run["num_added"], run["num_skipped"]) for run in runs] == [(2, 0), (0, 2)]


def test_a_text_splitter_drops_ids_but_keeps_what_a_citation_needs(paper: Path) -> None:
    splitter = RecursiveCharacterTextSplitter(chunk_size=120, chunk_overlap=0)
    pieces = Ocr2Loader(paper, engine=replay()).load_and_split(splitter)
    assert len(pieces) > 2
    for piece in pieces:
        assert piece.id is None
        assert piece.metadata["source"] == str(paper)
        assert piece.metadata["page_number"] in {1, 2}


@pytest.mark.parametrize("mode", MODES)
def test_pages_carry_the_keys_of_langchains_pdf_parsers(paper: Path, mode: DocumentMode) -> None:
    for metadata in (document.metadata for document in documents(paper, mode)):
        assert metadata["source"] == str(paper)
        assert metadata["total_pages"] == 2
        if mode != "single":
            assert metadata["page"] == metadata["page_number"] - 1
            assert metadata["page_label"] == str(metadata["page_number"])


@pytest.mark.parametrize("mode", ["block", "chunk"])
def test_blocks_and_chunks_carry_the_keys_of_langchain_unstructured(paper: Path, mode: DocumentMode) -> None:
    for document in documents(paper, mode):
        assert document.metadata["category"] in {"Title", "NarrativeText", "Table", "CompositeElement"}
        assert document.metadata["element_id"] == document.id


def test_a_single_document_is_the_whole_file_with_a_delimiter_between_its_pages(paper: Path) -> None:
    (single,) = Ocr2Loader(paper, mode="single", pages_delimiter="\n\f", engine=replay()).load()
    assert single.page_content == "\n\f".join(page.page_content for page in documents(paper))
    assert "page" not in single.metadata


def test_a_password_opens_a_pdf_that_needs_one(paper: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(paper) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="open sesame", owner="owner"))
    opened = Ocr2Loader(locked, password="open sesame", engine=replay()).load()
    assert [document.page_content for document in opened] == [page.page_content for page in documents(paper)]
    (refused,) = Ocr2Loader(locked, engine=replay()).load()
    assert refused.metadata["error_type"] == "PasswordNeeded"


def test_a_loader_over_other_peoples_blobs_needs_the_parser_alone(paper: Path) -> None:
    """What LangChain's generic loaders do."""
    parser = Ocr2BlobParser(engine=replay())
    blobs = [Blob.from_path(paper, metadata={"tenant": "acme"})]
    assert [document.metadata["tenant"] for blob in blobs for document in parser.lazy_parse(blob)] == ["acme", "acme"]


def test_chunks_keep_to_the_budget_with_their_headings_counted(paper: Path) -> None:
    def count_words(text: str) -> int:
        return len(text.split())

    loader = Ocr2Loader(
        paper, mode="chunk", chunks=ChunkSettings(max_tokens=20), count_tokens=count_words, engine=replay()
    )
    chunks = loader.load()
    assert len(chunks) > 4
    assert max(count_words(chunk.page_content) for chunk in chunks) <= 20
    assert all(chunk.page_content.startswith("Results") for chunk in chunks)


def test_one_document_a_file_does_not_hide_that_a_page_is_missing(paper: Path) -> None:
    (single,) = Ocr2Loader(paper, mode="single", engine=ReplayEngine.from_texts(TRANSCRIPTS[:1])).load()
    assert single.page_content.startswith("# Results")
    assert single.metadata["page_status"] == "failed"
    assert "page 2" in single.metadata["notes"]
