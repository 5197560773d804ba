"""Fault tests F15 and F16, as the program meets them: no room to write, and two runs into one folder."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import ROOT, ocr2
from tests.support.papers import transcript, write_paper
from tests.support.patience import patient

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="file sizes are limited as POSIX does it")

LIMIT_BYTES = 120_000
LOW_DPI = ("--dpi", "18")
"""The pictures of pages are drawn in files of their own, in memory, and these have the same limit."""


def replaying(folder: Path, texts: list[str]) -> list[str]:
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:03}.mmd").write_text(text, "utf-8")
    return ["--engine", "replay", "--transcripts", str(folder)]


def converting(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "ocr2_loaders.cli", "convert", *map(str, arguments)]


def _unmeasured() -> dict[str, str]:
    """Measuring which lines are reached writes a file, which finds no room either."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def with_full_disk(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """No file may grow beyond the limit, which every file system answers like a full disk or a quota."""
    return subprocess.run(
        converting(*arguments, *LOW_DPI),
        capture_output=True,
        text=True,
        timeout=patient(120),
        check=False,
        cwd=ROOT,
        env={**_unmeasured(), "COLUMNS": "200", "OCR2_NO_CACHE": "1", **environment},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, LIMIT_BYTES)),
    )


def test_a_full_disk_leaves_finished_documents_and_no_torn_one(tmp_path: Path) -> None:
    small = write_paper(tmp_path / "small.pdf", ["one"])
    large = write_paper(tmp_path / "large.pdf", ["one", "two"])
    long_page = transcript("Long", " ".join(f"number {number}" for number in range(20_000)))
    engine = replaying(
        tmp_path / "transcripts", [transcript("Small", "Fine."), transcript("First", "Fine."), long_page]
    )
    out = tmp_path / "out"
    run = with_full_disk(small, large, "-o", out, *engine)
    assert run.returncode == 2
    assert "cannot write" in run.stderr
    assert "what was finished before is whole" in run.stderr
    assert "Traceback" not in run.stderr
    assert (out / "small.md").read_text() == "# Small\n\nFine.\n"
    assert [each.name for each in out.iterdir()] == ["small.md"]


def test_a_cache_without_room_costs_a_line_and_no_page(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="the embedded engine is not installed")
    paper = write_paper(tmp_path / "paper.pdf", [f"This is page {number}" for number in range(30)])
    cache = tmp_path / "cache"
    run = with_full_disk(paper, "-e", "embedded", OCR2_NO_CACHE="0", OCR2_CACHE=str(cache))
    assert run.returncode == 0
    assert "30 ok" in run.stderr
    assert run.stderr.count("cannot be used") == 1
    assert "Traceback" not in run.stderr
    assert "documents" in ocr2("cache", "info", "--cache", cache).stdout, "what is there is whole"


def test_two_runs_into_one_folder_both_finish_and_mix_nothing(tmp_path: Path) -> None:
    """F16."""
    paper = write_paper(tmp_path / "paper.pdf", [f"This is page {number}" for number in range(10)])
    runs = []
    for name in ("first", "second"):
        engine = replaying(tmp_path / name, [transcript(name, f"Page {number}.") for number in range(10)])
        command = converting(paper, "-o", tmp_path / "out", "--format", "json", *engine)
        runs.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, "OCR2_NO_CACHE": "1"}))
    assert [run.wait(timeout=patient(120)) for run in runs] == [0, 0]
    document = json.loads((tmp_path / "out" / "paper.json").read_text("utf-8"))
    titles = [page["blocks"][0]["text"] for page in document["pages"]]
    assert titles in (["first"] * 10, ["second"] * 10)
