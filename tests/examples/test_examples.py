"""Every example runs as its first line says, on a document of one typed page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from examples.build_sample import printed_page
from examples.hashing_embedding import DIMENSIONS, embedded
from tests.support.examples import EXAMPLES, output_of, run_example
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.server import OpenAiServer
from tests.support.papers import transcript, write_paper
from tests.support.scans import scan


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "page.pdf"
    path.write_bytes(printed_page())
    return path


def test_every_example_is_tested():
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [each.name for each in EXAMPLES.glob("*.py") if f'"{each.name}"' not in tests] == []


def test_every_example_is_in_the_catalogue():
    catalogue = (EXAMPLES / "README.md").read_text("utf-8")
    assert [each.name for each in EXAMPLES.glob("*.py") if f"({each.name})" not in catalogue] == []


def test_pdf_to_markdown_prints_the_page(document: Path, tmp_path: Path):
    printed = output_of("pdf_to_markdown.py", document, cwd=tmp_path)
    assert "# A box of paper" in printed
    assert "who had promised to mend the roof?" in printed.replace("\n", " ")


def test_stream_blocks_prints_headings_with_their_place(document: Path, tmp_path: Path):
    printed = output_of("stream_blocks.py", document, cwd=tmp_path)
    assert printed.startswith("page 1 of 1: ok, ")
    assert [line.split("%  ")[1] for line in printed.splitlines()[1:]] == ["A box of paper", "What we learned"]


def test_the_demo_shows_the_page_in_every_form(document: Path, tmp_path: Path):
    pytest.importorskip("langchain_ocr2")
    pytest.importorskip("llama_index.readers.ocr2")
    printed = output_of("demo.py", document, cwd=tmp_path)
    assert "# A box of paper" in printed
    assert "  p. 1  " in printed
    assert "mode 'page': 1 LlamaIndex documents, 1 LangChain documents" in printed
    with Image.open(tmp_path / "demo-output" / "page-1.png") as picture:
        assert picture.width > 500


def test_build_sample_writes_where_it_is_told(tmp_path: Path):
    target = tmp_path / "built.pdf"
    output_of("build_sample.py", target, cwd=tmp_path)
    assert target.read_bytes().startswith(b"%PDF")


def test_remote_endpoint_prints_each_page_with_its_status(tmp_path: Path):
    pytest.importorskip("openai")
    paper = write_paper(tmp_path / "paper.pdf", ["one", "two"])
    app = OpenAiApp(lambda _: transcript("Minutes", "Read elsewhere."), api_key="a-key")
    with OpenAiServer(app) as server:
        printed = output_of("remote_endpoint.py", server.url, paper, cwd=tmp_path, OCR2_ENDPOINT_API_KEY="a-key")
    assert printed.count("# Minutes\n\nRead elsewhere.") == 2
    assert "<!-- page 2 of 2: ok -->" in printed


def test_remote_endpoint_says_when_nobody_answers(document: Path, tmp_path: Path):
    pytest.importorskip("openai")
    ran = run_example("remote_endpoint.py", "http://127.0.0.1:9/v1", document, cwd=tmp_path)
    assert ran.returncode == 1
    assert "127.0.0.1:9" in ran.stderr


def test_tables_to_pandas_prints_the_table_with_its_caption(tmp_path: Path):
    pytest.importorskip("pandas")
    printed = output_of("tables_to_pandas.py", EXAMPLES / "sample.pdf", cwd=tmp_path)
    head, columns, *rows = printed.strip().splitlines()
    assert head == "Page 1: Table 1. Pages, their pixels and their visual tokens."
    assert columns.split() == ["Kind", "Page", "Pixels", "Pixels", "Tokens"]
    assert [row.split()[1] for row in rows] == ["Scan", "Scan", "Scan", "Photo", "Photo"]


def test_frames_have_the_headers_that_the_table_has():
    pytest.importorskip("pandas")
    from examples.tables_to_pandas import frame_of
    from ocr2_loaders import Table

    rows = (("Year", "Yield", "Yield"), ("Year", "wheat", "rye"), ("1901", "3", "4"))
    none, one, two = (frame_of(Table("", rows, count)) for count in range(3))
    assert list(none.columns) == [0, 1, 2]
    assert list(one.columns) == ["Year", "Yield", "Yield"]
    assert two[("Yield", "rye")].tolist() == ["4"]
    assert frame_of(Table("", ())).empty


def test_custom_filters_say_what_they_did(tmp_path: Path):
    pytest.importorskip("jdeskew")
    pytest.importorskip("rapidocr")
    path = tmp_path / "scan.png"
    Image.fromarray(np.ascontiguousarray(np.rot90(scan(2.0), 2))).save(path, dpi=(150, 150))
    printed = output_of("custom_filters.py", path, cwd=tmp_path)
    turn = float(printed.split("turned by ")[1].split()[0])
    assert turn % 360 == pytest.approx(178, abs=0.3)
    assert "without_running_lines dropped 3 blocks" in printed
    assert "## A box of paper" in printed
    assert "Notes on reading machines" not in printed


def test_the_embedding_is_the_same_everywhere_and_finds_words(tmp_path: Path):
    one, other = embedded("Who mended the roof?"), embedded("the roof was mended")
    assert len(one) == DIMENSIONS
    assert sum(weight * weight for weight in one) == pytest.approx(1)
    assert sum(a * b for a, b in zip(one, other, strict=True)) > 0.9
    assert abs(sum(a * b for a, b in zip(one, embedded("three green bottles"), strict=True))) < 0.3
    assert sum(weight * weight for weight in embedded("")) == 1
    printed = output_of("hashing_embedding.py", "mended roof", "mended roof", cwd=tmp_path, PYTHONHASHSEED="7")
    assert printed == "cosine similarity 1.00\n"
