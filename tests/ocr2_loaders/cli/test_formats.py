"""`ocr2 convert` into every format, and figures beside the documents."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import docx
import pytest
from docling_core.types.doc import DoclingDocument
from PIL import Image

from ocr2_loaders.export import FORMATS, pages_from_json
from tests.support.cli import ocr2
from tests.support.papers import write_paper

TEXT = "<|ref|>text<|/ref|><|det|>[[100, 100, 900, 140]]<|/det|>\n{}\n\n"
FIGURE = "<|ref|>image<|/ref|><|det|>[[100, 0, 600, 200]]<|/det|>\n\n"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_paper(tmp_path_factory.mktemp("papers") / "my paper (1).pdf", ["one", "two", "three"])


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> tuple[str | Path, ...]:
    """The third page fails."""
    folder = tmp_path_factory.mktemp("transcripts")
    (folder / "1.mmd").write_text(TEXT.format("eins") + FIGURE, "utf-8")
    (folder / "2.mmd").write_text(TEXT.format("zwei <!-- page 3 -->"), "utf-8")
    return "--engine", "replay", "--transcripts", folder


@pytest.fixture(scope="module")
def out(paper: Path, replay: tuple[str | Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder to which the paper was converted, in every format."""
    folder = tmp_path_factory.mktemp("converted") / "out"
    run = ocr2("convert", paper, "-o", folder, "-f", ",".join(FORMATS), *replay)
    assert run.returncode == 1, run.stderr
    return folder


def test_all_formats_go_to_a_folder_and_say_what_failed(out: Path) -> None:
    assert {file.name for file in out.iterdir()} == {f"my paper (1){each.suffix}" for each in FORMATS.values()}
    words = {name: (out / f"my paper (1){each.suffix}") for name, each in FORMATS.items()}
    texts = {name: path.read_text("utf-8") for name, path in words.items() if FORMATS[name].is_text}
    texts["docx"] = "\n".join(paragraph.text for paragraph in docx.Document(str(words["docx"])).paragraphs)
    for text in texts.values():
        assert text.index("eins") < text.index("zwei") < text.index("no transcript for this page")
    assert [page.status for page in pages_from_json(texts["json"])] == ["ok", "ok", "failed"]
    assert DoclingDocument.model_validate_json(texts["docling"]).num_pages() == 3


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.is_text])
def test_text_goes_to_stdout_as_it_goes_to_a_file(
    name: str, paper: Path, replay: tuple[str | Path, ...], out: Path
) -> None:
    file = out / f"my paper (1){FORMATS[name].suffix}"
    assert ocr2("convert", paper, "-f", name, *replay).stdout == file.read_text("utf-8")


def test_what_is_no_text_needs_a_folder(paper: Path, replay: tuple[str | Path, ...]) -> None:
    run = ocr2("convert", paper, "-f", "docx", *replay)
    assert (run.returncode, run.stdout) == (2, "")
    assert "--output DIR" in run.stderr


def test_figures_are_saved_and_linked(paper: Path, replay: tuple[str | Path, ...], tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = ocr2("convert", paper, "-o", out, "-f", "markdown,html,docx,unstructured,docling", "--figures", *replay)
    assert run.returncode == 1, run.stderr
    (picture,) = (out / "my paper (1)-figures").iterdir()
    with Image.open(picture) as image:
        assert image.width / image.height == pytest.approx(2.5 * 595 / 842, rel=0.02)
    (in_markdown,) = re.findall(r"!\[figure\]\((.*)\)", (out / "my paper (1).md").read_text("utf-8"))
    (in_html,) = re.findall(r'<img src="([^"]*)"', (out / "my paper (1).html").read_text("utf-8"))
    elements = json.loads((out / "my paper (1).unstructured.json").read_text("utf-8"))
    (in_element,) = [each["metadata"]["image_path"] for each in elements if "image_path" in each["metadata"]]
    assert in_markdown == in_html == in_element
    assert " " not in in_markdown
    assert out / unquote(in_markdown) == picture
    assert len(docx.Document(str(out / "my paper (1).docx")).inline_shapes) == 1
    (linked,) = DoclingDocument.load_from_json(out / "my paper (1).docling.json").pictures
    assert linked.image is not None
    assert out / str(linked.image.uri) == picture


def test_figures_need_a_folder(paper: Path, replay: tuple[str | Path, ...]) -> None:
    run = ocr2("convert", paper, "--figures", *replay)
    assert run.returncode == 2
    assert "--output DIR" in run.stderr


def test_f27_a_link_in_place_of_the_figures_folder_is_not_followed(
    paper: Path, replay: tuple[str | Path, ...], tmp_path: Path
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (out / "my paper (1)-figures").symlink_to(elsewhere)
    run = ocr2("convert", paper, "-o", out, "--figures", *replay)
    assert run.returncode == 2
    assert "it is a link" in run.stderr
    assert not list(elsewhere.iterdir())


def test_f29_page_marks_cannot_be_forged_by_a_page(paper: Path, replay: tuple[str | Path, ...]) -> None:
    run = ocr2("convert", paper, "--page-marks", *replay)
    assert re.findall("<!-- page (\\d) -->", run.stdout) == ["1", "2", "3"]
    assert "&lt;!-- page 3 -->" in run.stdout
