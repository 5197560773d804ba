"""Nothing half-finished stays in the output folder, and nothing of another run is taken from it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ocr2_loaders.cli.output_folder import OutputFolder
from ocr2_loaders.cli.whole_file import WholeFile
from ocr2_loaders.errors import OutputError
from tests.support.cli import ROOT, ocr2
from tests.support.papers import write_paper

WAITS = """
import sys, time
from pathlib import Path
from ocr2_loaders.cli.output_folder import OutputFolder
with OutputFolder(Path(sys.argv[1])) as folder:
    folder.file(folder.path / "report.md").write(b"half")
    print("growing", flush=True)
    time.sleep(600)
"""


def _growing(out: Path) -> subprocess.Popen[str]:
    """A program that is in the middle of a file."""
    restored = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command = [sys.executable, "-c", restored + WAITS, str(out)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
    assert program.stdout is not None
    assert program.stdout.readline() == "growing\n"
    return program


def _ended(program: subprocess.Popen[str], how: signal.Signals) -> None:
    program.send_signal(how)
    program.communicate(timeout=60)


def test_an_interrupt_takes_the_unfinished_file_away(tmp_path: Path) -> None:
    program = _growing(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    _ended(program, signal.SIGINT)
    assert list(tmp_path.iterdir()) == []


def test_the_next_run_takes_away_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    dead, alive = _growing(tmp_path), _growing(tmp_path)
    (tmp_path / ".mine.part").touch()
    (tmp_path / "mine.ocr2.part").touch()
    _ended(dead, signal.SIGKILL)
    try:
        with OutputFolder(tmp_path) as folder:
            own = folder.file(tmp_path / "other.md")
            with OutputFolder(tmp_path):
                pass
            own.finish()
        names = {each.name for each in tmp_path.iterdir()}
        assert {".mine.part", "mine.ocr2.part", "other.md"} < names
        assert len(names) == 4, "the file of the program that is alive"
    finally:
        _ended(alive, signal.SIGINT)
    assert {each.name for each in tmp_path.iterdir()} == {".mine.part", "mine.ocr2.part", "other.md"}


def test_a_link_that_looks_like_an_unfinished_file_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.touch()
    out = tmp_path / "out"
    out.mkdir()
    (out / ".a.ocr2.part").symlink_to(precious)
    os.mkfifo(out / ".pipe.ocr2.part")
    with OutputFolder(out):
        pass
    assert precious.exists()
    assert (out / ".a.ocr2.part").is_symlink()


def test_only_where_something_was_finished_is_it_said_to_be_whole(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught, OutputFolder(tmp_path):
        raise OutputError("no room")
    assert caught.value.hint is None
    folder = OutputFolder(tmp_path)
    folder.write(tmp_path / "a.md", b"whole")
    with pytest.raises(OutputError) as caught, folder:
        raise OutputError("no room")
    assert caught.value.hint == "what was finished before is whole"


def test_discarding_a_finished_file_leaves_it(tmp_path: Path) -> None:
    file = WholeFile(tmp_path / "a.md")
    file.finish()
    file.discard()
    assert (tmp_path / "a.md").exists()


@pytest.mark.parametrize("command", ["convert", "view"])
def test_a_folder_that_takes_no_file_is_told_before_a_page_is_read(command: str, tmp_path: Path) -> None:
    """No file can be made below /proc, not even by root."""
    if not Path("/proc/self").exists():
        pytest.skip("there is no /proc")
    paper = write_paper(tmp_path / "paper.pdf", ["one"])
    run = ocr2(command, paper, "-o", "/proc", "-e", "replay", "--transcripts", tmp_path / "absent")
    assert run.returncode == 2
    assert run.stderr.startswith("ocr2: cannot write /proc: ")
    assert "finished" not in run.stderr
