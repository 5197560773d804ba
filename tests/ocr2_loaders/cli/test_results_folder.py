"""What a run wrote is no input of the next one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from ocr2_loaders.sources.own_picture import is_own_picture
from tests.support.cli import ocr2

FIGURE = "<|ref|>image<|/ref|><|det|>[[100, 100, 900, 500]]<|/det|>\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one document."""
    work = tmp_path / "work"
    work.mkdir()
    picture = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(picture).ellipse((100, 100, 400, 350), fill="red")
    picture.save(work / "page.png")
    (tmp_path / "transcripts").mkdir()
    for number in range(4):
        (tmp_path / "transcripts" / f"{number}.mmd").write_text(FIGURE)
    monkeypatch.chdir(work)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    return work


def replay(folder: Path) -> tuple[str | Path, ...]:
    return "-e", "replay", "--transcripts", folder.parent / "transcripts"


@pytest.mark.parametrize("inputs", [["."], ["*.png", "."], ["page.png", "out"]])
def test_a_second_run_reads_what_the_first_one_read(folder: Path, inputs: list[str]) -> None:
    first = ocr2("convert", ".", "-o", "out", "--figures", *replay(folder))
    assert first.stderr.splitlines()[-1] == "1 input, 1 page: 1 ok"
    assert len(list((folder / "out" / "page-figures").iterdir())) == 1
    again = ocr2("convert", *inputs, "-o", "out", "--figures", *replay(folder))
    assert again.returncode == 0
    assert again.stderr.splitlines()[-1].startswith("1 input, ")


def test_pictures_of_pages_beside_the_documents_are_no_documents(folder: Path) -> None:
    for _ in range(2):
        run = ocr2("view", ".", "--pictures", *replay(folder))
        assert run.stdout.split() == ["page-page-1.png"]
    assert is_own_picture(folder / "page-page-1.png")
    assert not is_own_picture(folder / "page.png")


def test_own_pictures_are_read_where_they_are_named(folder: Path) -> None:
    ocr2("convert", ".", "-o", "out", "--figures", *replay(folder))
    for named in ("out/page-figures/*.png", "out/page-figures/page-1-block-1.png"):
        assert "1 input, 1 page: 1 ok" in ocr2("convert", named, *replay(folder)).stderr
    refused = ocr2("convert", "out/page-figures", *replay(folder))
    assert "a glob such as *.png reads pictures that ocr2 wrote" in refused.stderr


def test_documents_among_the_results_are_told_of_and_can_be_named(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "mine.png").write_bytes((folder / "page.png").read_bytes())
    for given in (".", "**/*.png"):
        run = ocr2("convert", given, "-o", "out", *replay(folder))
        assert "out is where results go, so documents in it are not read; name it as an input" in run.stderr
        assert "1 input, 1 page" in run.stderr
    named = ocr2("convert", "page.png", "out", "-o", "out", *replay(folder))
    assert "2 inputs, 2 pages: 2 ok" in named.stderr
    assert "where results go" not in named.stderr


def test_the_folder_that_one_works_in_is_never_left_out(folder: Path) -> None:
    run = ocr2("convert", "..", "-o", ".", *replay(folder))
    assert "1 input, 1 page: 1 ok" in run.stderr
