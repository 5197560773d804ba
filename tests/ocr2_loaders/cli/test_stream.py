from pathlib import Path

import pytest

from tests.support.cli import ocr2
from tests.support.papers import write_paper

SPAN = "<|ref|>text<|/ref|><|det|>[[100, 100, 900, 140]]<|/det|>\n"


@pytest.fixture
def command(tmp_path: Path) -> tuple[str | Path, ...]:
    """Converts a document of which the second page is recorded badly and the third fails."""
    folder = tmp_path / "transcripts"
    folder.mkdir()
    (folder / "1.mmd").write_text(f"{SPAN}eins\n\n{SPAN}mehr\n\n", "utf-8")
    (folder / "2.mmd").write_text("plain words", "utf-8")
    paper = write_paper(tmp_path / "paper.pdf", ["one", "two", "three"])
    return "convert", paper, "--engine", "replay", "--transcripts", folder


@pytest.mark.parametrize("format_name", ["markdown", "text"])
def test_a_document_comes_out_as_it_would_without_streaming(command: tuple[str, ...], format_name: str) -> None:
    plain = ocr2(*command, "--format", format_name)
    live = ocr2(*command, "--format", format_name, "--stream")
    assert live.stdout == plain.stdout
    assert live.stdout.startswith("eins\n\nmehr\n\nplain words\n\n")
    assert (live.returncode, live.stderr) == (plain.returncode, plain.stderr)


@pytest.mark.parametrize("options", [("--format", "json"), ("--output", "out"), ("--format", "markdown,text")])
def test_only_text_on_stdout_can_be_streamed(
    command: tuple[str, ...], options: tuple[str, ...], tmp_path: Path
) -> None:
    wanted = tuple(tmp_path / each if each == "out" else each for each in options)
    run = ocr2(*command, "--stream", *wanted)
    assert run.returncode == 2
    assert "--stream writes" in run.stderr
    assert run.stdout == ""
