"""Which engine runs: what `auto` chose is told once, and an engine without a server says at once what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import ocr2
from tests.support.papers import write_paper


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["one"])


def test_a_user_is_told_once_what_auto_chose(paper: Path, tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    state = str(tmp_path / "state")
    first, second = (ocr2("convert", paper, XDG_STATE_HOME=state) for _ in range(2))
    assert first.stderr.count("engine 'auto' chose 'embedded'") == 1
    assert "auto" not in second.stderr
    assert "engine 'auto' chose 'embedded'" in ocr2("-v", "convert", paper, XDG_STATE_HOME=state).stderr
    assert [each.name for each in (tmp_path / "state").rglob("*") if each.is_file()] == ["auto-chose-embedded"]


def test_where_nothing_can_be_noted_every_run_tells(paper: Path, tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    (tmp_path / "file").touch()
    for _ in range(2):
        run = ocr2("convert", paper, XDG_STATE_HOME=str(tmp_path / "file"))
        assert run.returncode == 0
        assert "engine 'auto' chose 'embedded'" in run.stderr


@pytest.mark.parametrize(
    ("engine", "package", "words"),
    [
        ("endpoint", "openai", "needs a server; give --endpoint or OCR2_ENDPOINT_BASE_URLS"),
        ("unstructured", "unstructured_client", "needs a server; give OCR2_UNSTRUCTURED_SERVER_URL"),
    ],
)
def test_an_engine_without_a_server_is_wrong_usage(paper: Path, engine: str, package: str, words: str) -> None:
    pytest.importorskip(package)
    run = ocr2("convert", paper, "-e", engine)
    assert run.returncode == 2
    assert run.stderr.startswith(f"ocr2: engine '{engine}' {words}")
