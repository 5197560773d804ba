"""A server process under a supervisor that starts it again whenever it dies."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from threading import Event, Thread
from typing import Self

from tests.support.openai_server.server import free_port
from tests.support.patience import patient
from tests.support.waiting import wait_until

_ROOT = Path(__file__).parents[3]


class SupervisedServer:
    """Dies on the page numbered `poison`; is back `restart_s` after each death. `num_deaths` counts them."""

    def __init__(self, poison: int, restart_s: float) -> None:
        self.num_deaths = 0
        self._port = free_port()
        self._poison = poison
        self._restart_s = restart_s
        self._over = Event()
        self._process = self._started()
        self._thread = Thread(target=self._supervise)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Self:
        wait_until(self._answers)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._process.terminate()
        self._thread.join()

    def _supervise(self) -> None:
        while True:
            self._process.wait()
            if self._over.is_set():
                return
            self.num_deaths += 1
            if self._over.wait(self._restart_s):
                return
            self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.support.openai_server", str(self._port), str(self._poison), "0.02"]
        return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/health", timeout=patient(1)):  # our own
                return True
        except (urllib.error.URLError, OSError):
            return False
