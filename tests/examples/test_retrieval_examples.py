"""The examples that put documents into an index and find them again."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from examples.build_sample import printed_page
from tests.support.examples import EXAMPLES, output_of, run_example
from tests.support.papers import write_paper

QUESTION = "Who had promised to mend the roof?"
ANSWER = "The minutes can be searched now."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "documents")


def write_documents(folder: Path) -> Path:
    """A page of print, and three pages about something else."""
    folder.mkdir()
    (folder / "minutes.pdf").write_bytes(printed_page())
    write_paper(folder / "wheat.pdf", ["Wheat was sown early.", "Rye came later.", "Barley failed."])
    return folder


def test_a_question_is_answered_and_its_place_saved_as_a_picture(folder: Path, tmp_path: Path):
    pytest.importorskip("llama_index.readers.ocr2")
    printed = output_of("llama_index_citations.py", folder, QUESTION, cwd=tmp_path)
    assert ANSWER in printed
    assert "minutes.pdf, page 3, What we learned: see citation.png" in printed
    with Image.open(tmp_path / "citation.png") as crop:
        width, height = crop.size
        ink = (np.asarray(crop.convert("L")) < 128).mean()
    assert 500 < width < 1191
    assert 30 < height < 700
    assert 0.01 < ink < 0.3


def test_langchain_answers_in_the_documents_own_words_and_cites_them(folder: Path, tmp_path: Path):
    pytest.importorskip("langchain_ocr2")
    printed = output_of("langchain_rag.py", folder / "minutes.pdf", QUESTION, cwd=tmp_path)
    _, question, answer, citations = printed.split("\n\n")
    assert question == QUESTION
    assert "mend the roof?" in answer.replace("\n", " ")
    number = int(answer.rsplit("[", 1)[1].rstrip("]"))
    cited = citations.splitlines()[number - 1]
    assert cited.startswith(f"[{number}] minutes.pdf, page ")
    assert "% down: " in cited


@dataclass(frozen=True)
class Ingested:
    """What a first run over the documents made, with a question at its end."""

    documents: Path
    store: Path
    printed: str


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    pytest.importorskip("lancedb")
    place = tmp_path_factory.mktemp("ingested")
    documents = write_documents(place / "documents")
    return Ingested(documents, place / "store", ingest(documents, place / "store", QUESTION))


@pytest.fixture
def ingested(first_run: Ingested, tmp_path: Path) -> Ingested:
    """The first run, copied for a test that goes on from there."""
    documents, store = (shutil.copytree(each, tmp_path / each.name) for each in (first_run.documents, first_run.store))
    return Ingested(documents, store, first_run.printed)


def ingest(folder: Path, store: Path, *questions: str) -> str:
    return output_of("knowledge_base.py", folder, store, *questions, cwd=folder)


def num_stored(store: Path) -> int:
    import lancedb

    return int(lancedb.connect(store).open_table("passages").count_rows())


def test_a_folder_is_stored_and_answers(first_run: Ingested):
    printed = first_run.printed
    assert printed.startswith("2 files, 4 pages: 4 ok\n")
    assert f"passages: {num_stored(first_run.store)} new, 0 known, 0 forgotten" in printed
    best = printed.split(QUESTION)[1].split("\n- ")[1]
    assert ANSWER in best
    assert "minutes.pdf, page 1, " in best


def test_a_second_run_writes_nothing(ingested: Ingested):
    num_passages = num_stored(ingested.store)
    printed = ingest(ingested.documents, ingested.store)
    assert f"passages: 0 new, {num_passages} known, 0 forgotten" in printed
    assert num_stored(ingested.store) == num_passages


def test_what_is_new_is_added_and_what_is_gone_is_forgotten(ingested: Ingested):
    folder, store = ingested.documents, ingested.store
    before = num_stored(store)
    (folder / "wheat.pdf").unlink()
    shutil.copy(folder / "minutes.pdf", folder / "again.pdf")
    write_paper(folder / "oats.pdf", ["Oats were sown last of all."])
    printed = ingest(folder, store, "When were the oats sown?")
    assert "passages: 1 new, 2 known, 1 forgotten" in printed
    assert "sown last of all" in printed
    assert "sown early" not in printed
    assert num_stored(store) == before


def test_a_file_that_cannot_be_read_is_reported_and_nothing_is_forgotten(ingested: Ingested):
    folder, store = ingested.documents, ingested.store
    before = num_stored(store)
    (folder / "wheat.pdf").write_bytes(b"no longer a document")
    ran = run_example("knowledge_base.py", folder, store, cwd=folder)
    assert ran.returncode == 1
    assert "1 failed" in ran.stdout
    assert "not read: wheat.pdf is not a PDF" in ran.stdout
    assert num_stored(store) == before


def test_a_run_that_was_killed_is_finished_by_the_next(folder: Path, first_run: Ingested, tmp_path: Path):
    store = tmp_path / "store"
    broken = subprocess.Popen([sys.executable, EXAMPLES / "knowledge_base.py", folder, store])
    while broken.poll() is None and not list(store.glob("pages/*.sqlite")):
        time.sleep(0.01)
    broken.kill()
    broken.wait()
    ingest(folder, store)
    assert num_stored(store) == num_stored(first_run.store)
