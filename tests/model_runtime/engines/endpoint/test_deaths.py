"""F11 and F13: servers that die of a page, and users that stop in mid-run."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings
from model_runtime.errors import PageRejected
from tests.support.interrupts import heeded_interrupts
from tests.support.openai_server import faults
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.call import Call
from tests.support.openai_server.pages import numbered_pages, transcript_of
from tests.support.openai_server.server import OpenAiServer
from tests.support.openai_server.supervised import SupervisedServer
from tests.support.patience import patient
from tests.support.reading import transcripts_of
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[4]


def test_f11_a_page_that_kills_its_server_fails_alone_after_three_deaths() -> None:
    server = SupervisedServer(poison=7, restart_s=0.3)
    settings = EndpointSettings(base_urls=(server.url,), max_in_flight=8)
    with server, EndpointEngine(settings) as engine:
        transcripts = transcripts_of(engine, numbered_pages(40))
    assert [each.page_index for each in transcripts if each.error] == [7]
    assert isinstance(transcripts[7].error, PageRejected)
    assert "died 3 times on this page" in str(transcripts[7].error)
    assert [each.text for each in transcripts if not each.error] == [transcript_of(i) for i in range(40) if i != 7]
    assert server.num_deaths == 3


_PROGRAM = """
import asyncio, sys
from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings
from tests.support.openai_server.pages import numbered_pages
from tests.support.reading import readings

async def read(engine, out):
    async for outcome in readings(engine, numbered_pages(500), 40):
        print(outcome.page_index, file=out, flush=True)

settings = EndpointSettings(base_urls=(sys.argv[1],), max_in_flight=8)
with EndpointEngine(settings) as engine, open(sys.argv[2], "w") as out:
    asyncio.run(read(engine, out))
"""


def test_f13_an_interrupt_ends_the_program_soon_hangs_up_and_keeps_what_was_finished(tmp_path: Path) -> None:
    hanging, hung_up = list[int](), list[int]()

    async def hang(call: Call) -> None:
        hanging.append(call.page)
        await faults.hang(call)
        hung_up.append(call.page)

    app = OpenAiApp(plan=lambda call: hang if call.page >= 20 else None)
    out = tmp_path / "finished"
    out.touch()
    with OpenAiServer(app) as server, heeded_interrupts():
        command = [sys.executable, "-c", _PROGRAM, server.url, str(out)]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as program:
            try:
                wait_until(lambda: len(hanging) == 8 and len(out.read_text().splitlines()) == 20)
                program.send_signal(signal.SIGINT)
                _, errors = program.communicate(timeout=patient(20))
            finally:
                program.kill()
        # While pages are cancelled one after the other, a free place may go to one that is cancelled next.
        wait_until(lambda: sorted(hung_up) == sorted(hanging))
    assert [int(line) for line in out.read_text().splitlines()] == list(range(20))
    assert "KeyboardInterrupt" in errors
    assert errors.count("Traceback") <= 2  # the program's, and what asyncio makes of an interrupt
    assert "never retrieved" not in errors
