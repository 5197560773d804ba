"""Every example runs as its first line says, on a document of one typed page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from examples.build_sample import printed_page

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "page.pdf"
    path.write_bytes(printed_page())
    return path


def output_of(example: str, *arguments: Path, cwd: Path) -> str:
    ran = subprocess.run(
        [sys.executable, EXAMPLES / example, *arguments],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_every_example_is_tested():
    assert {each.name for each in EXAMPLES.glob("*.py")} == {
        "build_sample.py",
        "demo.py",
        "pdf_to_markdown.py",
        "stream_blocks.py",
    }


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
