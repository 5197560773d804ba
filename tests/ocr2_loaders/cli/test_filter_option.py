from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.support.cli import ocr2
from tests.support.scans import scan


@pytest.fixture
def lying(tmp_path: Path) -> Path:
    """A scan upside down and askew."""
    path = tmp_path / "lying.png"
    Image.fromarray(np.ascontiguousarray(np.rot90(scan(2.0), 2))).save(path, dpi=(150, 150))
    return path


@pytest.fixture
def transcripts(tmp_path: Path) -> Path:
    folder = tmp_path / "transcripts"
    folder.mkdir()
    (folder / "1.mmd").write_text("<|ref|>text<|/ref|><|det|>[[1, 1, 9, 9]]<|/det|>\nwords\n", "utf-8")
    return folder


@pytest.mark.parametrize("command", ["convert", "view"])
def test_filters_work_on_pages_before_they_are_read(
    command: str, lying: Path, transcripts: Path, tmp_path: Path
) -> None:
    pytest.importorskip("jdeskew")
    pytest.importorskip("rapidocr")
    where = ("--output", tmp_path / "out", "--filter", "auto-rotate, deskew,despeckle")
    run = ocr2(command, lying, *where, "--engine", "replay", "--transcripts", transcripts)
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[-1] == "1 input, 1 page: 1 ok"


def test_an_unknown_filter_is_refused_with_those_that_there_are(lying: Path) -> None:
    run = ocr2("convert", lying, "--filter", "deskew,sharpen")
    assert run.returncode == 2
    assert "there is no filter 'sharpen'" in run.stderr
    assert "auto-rotate" in run.stderr
