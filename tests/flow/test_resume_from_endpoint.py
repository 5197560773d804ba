"""Fault tests F13 and F14 as users meet them: `ocr2 convert` over a server, broken off and given again."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("openai", reason="the endpoint extra is not installed")
pytest.importorskip("uvicorn", reason="the test server's packages are not installed")

from tests.support.cli import ROOT
from tests.support.interrupts import heeded_interrupts
from tests.support.openai_server import faults
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.call import Call
from tests.support.openai_server.pages import numbered_page
from tests.support.openai_server.server import OpenAiServer
from tests.support.patience import patient

NUM_PAGES = 40
NUM_KILLS = 4
IN_FLIGHT = 2


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """A TIFF whose pages the server knows by their numbers."""
    first, *others = (Image.fromarray(numbered_page(number, side=64).pixels) for number in range(NUM_PAGES))
    path = tmp_path / "scans.tiff"
    first.save(path, save_all=True, append_images=others)
    return path


class Killing:
    """The program, ended by a signal as soon as the server has been asked so many times."""

    def __init__(self, url: str, scans: Path, folder: Path) -> None:
        self._command = ["convert", str(scans), "-e", "endpoint", "--endpoint", url, "-f", "json", "-o", str(folder)]
        self._cache = folder / "cache"

    def run(self, moment: threading.Event | None = None, end_by: signal.Signals = signal.SIGKILL) -> int:
        environment = {
            **os.environ,
            "OCR2_CACHE": str(self._cache),
            "OCR2_NO_CACHE": "0",
            "OCR2_ENDPOINT_MAX_IN_FLIGHT": str(IN_FLIGHT),
        }
        command = [sys.executable, "-m", "ocr2_loaders.cli", *self._command]
        with (
            heeded_interrupts(),
            subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as process,
        ):
            try:
                if moment:
                    assert moment.wait(timeout=patient(60))
                    process.send_signal(end_by)
                process.communicate(timeout=patient(60))
            finally:
                process.kill()
            return process.returncode

    def finished(self) -> set[int]:
        """The pages in the cache."""
        (path,) = self._cache.glob("*.sqlite")
        with closing(sqlite3.connect(path)) as connection:
            return {index for (index,) in connection.execute("SELECT page_index FROM pages")}


def test_no_finished_page_is_sent_twice_however_often_the_program_is_killed(scans: Path, tmp_path: Path) -> None:
    rng = random.Random(14)  # noqa: S311 - a seed, so that a failure comes again
    moment, left = threading.Event(), [0]

    def counting_down(_: Call) -> None:
        left[0] -= 1
        if left[0] == 0:
            moment.set()

    app = OpenAiApp(plan=counting_down, latency_s=0.01)
    with OpenAiServer(app) as server:
        assert Killing(server.url, scans, tmp_path / "unbroken").run() == 0
        assert app.calls == Counter(range(NUM_PAGES))
        app.calls.clear()
        program = Killing(server.url, scans, tmp_path / "broken")
        for _ in range(NUM_KILLS):
            moment.clear()
            left[0] = rng.randrange(2, 10)
            program.run(moment)
            before, finished = app.calls.copy(), program.finished()
        assert finished
        assert program.run() == 0
    sent_in_last_run = set(app.calls - before)
    assert not sent_in_last_run & finished
    assert set(app.calls) == set(range(NUM_PAGES))
    assert app.num_calls <= NUM_PAGES + NUM_KILLS * 5 * IN_FLIGHT
    documents = [(tmp_path / name / "scans.json").read_bytes() for name in ("unbroken", "broken")]
    assert documents[0] == documents[1]


def test_a_run_that_its_user_interrupts_goes_on_where_it_was(scans: Path, tmp_path: Path) -> None:
    moment = threading.Event()

    async def hang(call: Call) -> None:
        moment.set()
        await faults.hang(call)

    app = OpenAiApp(plan=lambda call: hang if call.page >= 12 else None)
    with OpenAiServer(app) as server:
        program = Killing(server.url, scans, tmp_path / "broken")
        assert program.run(moment, signal.SIGINT) != 0
        finished = program.finished()
        before = app.calls.copy()
        app.plan = lambda _: None
        assert program.run() == 0
    assert finished
    assert finished <= set(range(12))
    assert not set(app.calls - before) & finished
    assert set(app.calls) == set(range(NUM_PAGES))
