from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from ocr2_loaders.pages.messages import Channel
from ocr2_loaders.pages.worker_process import _ENTRY, WorkerLost, WorkerProcess
from tests.support.page_sources import write_pdf
from tests.support.patience import patient

MEMORY = 1 << 30


@pytest.fixture
def worker():
    process = WorkerProcess(MEMORY)
    yield process
    process.close()


def open_request(path):
    return {"do": "open", "path": str(path), "format": "PDF", "password": None, "forms": True}


def test_a_process_answers_requests(worker, tmp_path):
    answer = worker.ask(open_request(write_pdf(tmp_path / "a.pdf")), patient(30))
    assert answer == {"num_pages": 1, "warnings": []}


def test_a_page_without_a_document_is_refused(worker):
    slot = worker.slots.take()
    assert worker.ask({"do": "render", "page_index": 0}, patient(30), slot)["refused"] == "PageUnreadable"


def test_a_process_that_dies_says_of_what(worker):
    os.kill(worker.pid, signal.SIGSEGV)
    with pytest.raises(WorkerLost, match="the render process was ended by SIGSEGV") as caught:
        worker.ask({"do": "open"}, patient(30))
    assert not caught.value.timed_out


def test_an_error_of_our_own_shows_its_last_line(worker):
    with pytest.raises(WorkerLost, match=r"exit status 1 \(KeyError: 'format'\)"):
        worker.ask({"do": "open"}, patient(30))


def test_a_deadline_ends_the_process(worker, tmp_path):
    worker.ask(open_request(write_pdf(tmp_path / "a.pdf")), patient(30))
    os.kill(worker.pid, signal.SIGSTOP)
    with pytest.raises(WorkerLost, match=r"took longer than 0\.05 s") as caught:
        worker.ask({"do": "open"}, 0.05)
    assert caught.value.timed_out
    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)


def test_the_start_of_a_process_is_not_the_documents_time(worker):
    """The process is held back, and goes on only when more time has passed than its request is given."""
    os.kill(worker.pid, signal.SIGSTOP)
    limit_s = patient(0.4)
    released = threading.Timer(1.1 * limit_s, os.kill, (worker.pid, signal.SIGCONT))
    released.start()
    refused = worker.ask(open_request("/no/such.pdf"), limit_s)
    released.join()
    assert "refused" in refused


def test_a_render_process_imports_what_it_needs_and_no_more(tmp_path):
    ours, theirs = socket.socketpair()
    with ours, theirs, (tmp_path / "imports").open("w+") as imports:
        command = [sys.executable, "-I", "-S", "-X", "importtime", str(_ENTRY)]
        process = subprocess.Popen(command, stdin=theirs.fileno(), stderr=imports)
        theirs.close()
        channel = Channel(ours)
        channel.send({"sys_path": [each for each in sys.path if each], "memory_bytes": MEMORY})
        channel.send(open_request(write_pdf(tmp_path / "a.pdf")))
        assert channel.receive()[0] == {"stage": "open"}
        assert channel.receive()[0]["num_pages"] == 1
        channel.close()
        assert process.wait(patient(30)) == 0
        imports.seek(0)
        imported = {line.rsplit("|", 1)[-1].strip() for line in imports}
    assert "pypdfium2" in imported
    unwanted = {"numpy", "pydantic", "httpx", "typer", "rich", "lxml", "fsspec", "PIL", "site", "ocr2_loaders.settings"}
    assert not imported & unwanted
