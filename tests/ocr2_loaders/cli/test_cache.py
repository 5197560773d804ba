from pathlib import Path

import pytest

from tests.support.cli import ocr2
from tests.support.papers import write_paper

pytest.importorskip("rapidocr", reason="the embedded engine is not installed")


def test_a_second_conversion_is_the_same_and_info_and_clear_tell_of_it(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["The first page", "The second page"])
    cache = tmp_path / "cache"
    environment = {"OCR2_NO_CACHE": "0", "OCR2_CACHE": str(cache)}
    runs = [ocr2("convert", paper, "--engine", "embedded", "--format", "json", **environment) for _ in range(2)]
    assert runs[0].returncode == runs[1].returncode == 0
    assert runs[0].stdout == runs[1].stdout
    info = ocr2("cache", "info", **environment)
    assert info.returncode == 0
    assert str(cache) in info.stdout
    assert "2 pages of 1 documents" in info.stdout
    assert ocr2("cache", "clear", "--cache", cache).stdout == "forgot 2 pages\n"
    assert "0 pages of 0 documents" in ocr2("cache", "info", **environment).stdout


def test_no_cache_leaves_nothing_behind(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["The first page"])
    cache = tmp_path / "cache"
    run = ocr2("convert", paper, "-e", "embedded", "--cache", cache, "--no-cache", OCR2_NO_CACHE="0")
    assert run.returncode == 0
    assert not cache.exists()


def test_a_cache_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = ocr2("cache", "info", "--cache", tmp_path / "file")
    assert run.returncode == 2
    assert "cannot be used" in run.stderr
    assert "Traceback" not in run.stderr
