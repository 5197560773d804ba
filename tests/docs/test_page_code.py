"""The Python in README and on the site runs, in the order of each page, and prints what stands behind it."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import shutil
from pathlib import Path

import pikepdf
import pytest

from tests.support.markdown import ROOT, CodeBlock, MarkdownPage, page, site_pages

PAGES = [each for each in (page("README.md"), *site_pages()) if any(b.language == "python" for b in each.code_blocks)]
SAMPLE = ROOT / "examples" / "sample.pdf"
NOT_RUN = "not run: "


@pytest.fixture(scope="module")
def typed_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example document without its scan, which takes a second every time."""
    path = tmp_path_factory.mktemp("documents") / "typed.pdf"
    with pikepdf.open(SAMPLE) as pdf:
        del pdf.pages[2]
        pdf.save(path)
    return path


@pytest.fixture
def readers_folder(tmp_path: Path, typed_pages: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the pages speak of it: the example document, and others."""
    pytest.importorskip("rapidocr")
    pytest.importorskip("langchain_ocr2")
    pytest.importorskip("llama_index.readers.ocr2")
    for name, content in {
        "examples/sample.pdf": SAMPLE,
        "papers/paper.pdf": typed_pages,
        "report.pdf": typed_pages,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(content, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(block: CodeBlock, names: dict[str, object]) -> str:
    code = compile(block.body, "page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        result = eval(code, names)  # noqa: S307 - the project's own pages
        if inspect.iscoroutine(result):
            asyncio.run(result)
    return output.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("of", PAGES, ids=str)
@pytest.mark.usefixtures("readers_folder")
def test_what_a_page_shows_is_what_happens(of: MarkdownPage):
    names: dict[str, object] = {}
    output: str | None = None
    for block in of.code_blocks:
        if block.language == "python":
            output = None if block.comment.startswith(NOT_RUN) else printed(block, names)
        elif not block.language and block.is_right_behind and output is not None:
            assert output == block.body
            output = None


def test_most_code_is_run_and_what_is_not_says_why():
    blocks = [block for of in PAGES for block in of.code_blocks if block.language == "python"]
    reasons = [block.comment.removeprefix(NOT_RUN) for block in blocks if block.comment.startswith(NOT_RUN)]
    assert all(reasons)
    assert len(reasons) < len(blocks) / 2


def test_shown_output_is_compared(tmp_path):
    file = tmp_path / "page.md"
    file.write_text("```python\nprint(1)\n```\n\n```\n1\n```\n\n<!-- not run: a reason -->\n```python\nraise\n```\n")
    first, second, third = MarkdownPage(file).code_blocks
    assert (printed(first, {}), second.body, second.is_right_behind) == ("1\n", "1\n", True)
    assert third.comment == "not run: a reason"
