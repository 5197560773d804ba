"""A "~" that no shell replaced, wherever the command line and the loaders take a path."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders import CacheSettings, load
from tests.support.cli import ocr2
from tests.support.papers import write_paper

SPAN = "<|ref|>text<|/ref|><|det|>[[100, 100, 900, 140]]<|/det|>\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_paper(tmp_path / "paper.pdf", ["one"])
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts" / "1.mmd").write_text(f"{SPAN}eins\n\n")
    return tmp_path


@pytest.mark.parametrize("given", ["~/paper.pdf", "~/pap*.pdf", "~"])
def test_inputs_outputs_and_transcripts_may_lie_at_home(home: Path, given: str) -> None:
    replay = ("-e", "replay", "--transcripts", "~/transcripts")
    run = ocr2("convert", given, "-o", "~/out", *replay, HOME=str(home))
    assert run.returncode == 0, run.stderr
    assert (home / "out" / "paper.md").read_text() == "eins\n"


def test_the_cache_named_in_the_environment_may_lie_at_home(home: Path) -> None:
    run = ocr2("cache", "info", HOME=str(home), OCR2_CACHE="~/kept")
    assert run.returncode == 0
    assert (home / "kept").is_dir()


def test_the_api_takes_paths_at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    assert CacheSettings(folder=Path("~/kept")).folder == home / "kept"
    for given in ("~/paper.pdf", Path("~/paper.pdf")):
        (page,) = load(given, engine=ReplayEngine.from_texts([f"{SPAN}eins"]))
        assert (page.text, page.source.uri) == ("eins", str(home / "paper.pdf"))
