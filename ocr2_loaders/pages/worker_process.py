"""One render process, as its parent sees it: started, spoken to under a deadline, and ended."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ocr2_loaders.pages.messages import Channel, Disconnected, Message
from ocr2_loaders.pages.shared_pixels import Slot, SlotPool

_ENTRY = Path(__file__).parent / "worker" / "__main__.py"
_START_S = 60.0
"""How long a process may take to be ready for its first request: on a busy machine longer than a page may."""
_GRACE_S = 5.0
"""How long a process that closed its end may take to be gone."""


class WorkerLost(Exception):
    """A render process ended, or was ended at its deadline, before it answered.

    `stage` is what it was doing ("forms" while PDFium works on form fields, which may never return).
    """

    def __init__(self, how: str, *, stage: str, timed_out: bool) -> None:
        super().__init__(how)
        self.how = how
        self.stage = stage
        self.timed_out = timed_out


class WorkerProcess:
    """A warm render process. One thread at a time may speak to it; any thread may kill it."""

    def __init__(self, memory_bytes: int) -> None:
        self.slots = SlotPool()
        self.open_document: object = None
        """Whatever its user says is open in it."""
        self.num_pages_rendered = 0
        self._has_started = False
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
                [sys.executable, "-I", "-S", str(_ENTRY)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,
            )
        self._channel = Channel(ours)
        search_path = [each for each in sys.path if each]
        with contextlib.suppress(Disconnected):  # the first request will tell
            self._channel.send({"sys_path": search_path, "memory_bytes": memory_bytes})

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: Message, timeout_s: float, slot: Slot | None = None) -> Message:
        """Its answer to a request; the time counts from when the process has started.

        Raises: WorkerLost, after which the process is gone.
        """
        stage, allowed_s = str(request["do"]), timeout_s if self._has_started else max(timeout_s, _START_S)
        deadline = time.monotonic() + allowed_s
        try:
            self._send(request, slot)
            while True:
                answer, _ = self._channel.receive(deadline)
                if not self._has_started:
                    self._has_started = True
                    allowed_s, deadline = timeout_s, time.monotonic() + timeout_s
                if "stage" not in answer:
                    return answer
                stage = str(answer["stage"])
        except TimeoutError:
            self.kill()
            raise WorkerLost(f"took longer than {allowed_s:g} s", stage=stage, timed_out=True) from None
        except Disconnected:
            raise WorkerLost(self._post_mortem(), stage=stage, timed_out=False) from None

    def kill(self) -> None:
        """End the process now, and collect it."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process and let go of everything that is kept for it; images of its pages stay valid."""
        self.kill()
        self._channel.close()
        self._errors.close()

    def _send(self, request: Message, slot: Slot | None) -> None:
        if slot is None:
            self._channel.send(request)
            return
        self._channel.send({**request, "slot": slot.number}, None if slot.is_known else slot.descriptor)
        slot.is_known = True

    def _post_mortem(self) -> str:
        """How the process ended, in words."""
        try:
            status = self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return "the render process broke off the conversation"
        if status < 0:
            return f"the render process was ended by {_signal_name(-status)}"
        return f"the render process ended with exit status {status}{self._last_words()}"

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read()[-2000:].decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f" ({last[:100]})" if last else ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
