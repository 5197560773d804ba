"""Runs that are killed in the middle and begun again, for the tests and the benchmark of resuming."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support import cached_run

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class ResumedRun:
    """What became of a run that was killed several times."""

    document: bytes
    num_times_asked: Counter[int]
    asked_though_finished: set[int]
    """Pages that an engine was asked for after an earlier run had handed them out."""


def killed_and_resumed(source: Path, folder: Path, kill_after_pages: Sequence[int]) -> ResumedRun:
    """Runs over the source, each killed with SIGKILL once so many pages have come out of it; the last one ends."""
    folder.mkdir()
    finished: set[int] = set()
    asked: Counter[int] = Counter()
    too_often: set[int] = set()
    for number, num_pages in enumerate((*kill_after_pages, None)):
        counts = folder / f"counts-{number}"
        seen = _run(source, folder, counts, num_pages)
        now_asked = Counter(int(line) for line in counts.read_text().split()) if counts.exists() else Counter()
        too_often |= now_asked.keys() & finished
        asked += now_asked
        finished |= seen
    document = (folder / "out" / f"{source.stem}.json").read_bytes()
    return ResumedRun(document, asked, too_often)


def _run(source: Path, folder: Path, counts: Path, kill_after_pages: int | None) -> set[int]:
    """The pages that came out before the end."""
    command = [sys.executable, cached_run.__file__, source, folder / "cache", folder / "out", counts]
    seen: set[int] = set()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=_environment()) as process:
        assert process.stdout is not None
        while len(seen) != kill_after_pages and (line := process.stdout.readline()):
            seen.add(int(line))
        if kill_after_pages is not None:
            process.kill()
        seen |= {int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")}
    assert kill_after_pages is not None or process.returncode == 0
    return seen


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(ROOT)}
