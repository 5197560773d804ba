"""Fault tests F2, F3, F11 and F12 of the endpoint engine at full size; F1 and F13 are in `bench_endpoint.py`.

``python tests/benchmarks/bench_endpoint_faults.py [f2] [f3] [f11] [f12]``; without names, all, in about a minute.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model_runtime.contract import Transcript  # noqa: E402 # after the path is set
from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings  # noqa: E402
from model_runtime.errors import EngineError  # noqa: E402
from tests.support.openai_server import faults  # noqa: E402
from tests.support.openai_server.app import OpenAiApp  # noqa: E402
from tests.support.openai_server.pages import numbered_pages, transcript_of  # noqa: E402
from tests.support.openai_server.server import OpenAiServer  # noqa: E402
from tests.support.openai_server.supervised import SupervisedServer  # noqa: E402
from tests.support.reading import readings, transcripts_of  # noqa: E402

PAUSE_S = 5.0


def _lost(transcripts: list[Transcript], num_pages: int) -> int:
    """Pages without their own text, in their own place."""
    return num_pages - sum(each.text == transcript_of(place) for place, each in enumerate(transcripts))


def _through(url: str, num_pages: int, **settings: object) -> list[Transcript]:
    with EndpointEngine(EndpointSettings.model_validate({"base_urls": (url,), **settings})) as engine:
        return transcripts_of(engine, numbered_pages(num_pages), engine.capacity)


def f2() -> None:
    """A date has whole seconds: the pause up to it is up to a second shorter than what was meant."""
    for kind in ("seconds", "date"):
        meant: list[float] = []

        def header(kind: str = kind, meant: list[float] = meant) -> str:
            until = datetime.now(UTC) + timedelta(seconds=PAUSE_S)
            told = until.replace(microsecond=0) if kind == "date" else until
            meant.append(PAUSE_S - (until - told).total_seconds())
            return format_datetime(told, usegmt=True) if kind == "date" else str(PAUSE_S)

        def plan(call: faults.Call, header: object = header) -> faults.Fault | None:
            assert callable(header)
            return faults.refusal(429, retry_after=header()) if call.number == 0 else None

        app = OpenAiApp(plan=plan)
        with OpenAiServer(app) as server:
            lost = _lost(_through(server.url, 1), 1)
        first, second = app.times
        print(f"F2 {kind}: asked for {meant[0]:.2f} s, kept {(second - first) / meant[0]:.1%} of it, {lost} lost")


def f3(num_pages: int = 200, down_s: float = 10.0) -> None:
    well = threading.Event()
    app = OpenAiApp(plan=lambda _: None if well.is_set() else faults.refusal(503, "busy"))
    timer = threading.Timer(down_s, well.set)
    with OpenAiServer(app) as server:
        timer.start()
        lost = _lost(_through(server.url, num_pages), num_pages)
    print(f"F3: overloaded for {down_s:.0f} s, {lost} of {num_pages} lost, {app.num_calls} calls")


def f11(num_pages: int = 300) -> None:
    with SupervisedServer(poison=7, restart_s=2.0) as server:
        transcripts = _through(server.url, num_pages)
        failed = [each.page_index for each in transcripts if each.error]
    print(f"F11: page 7 kills the server, back after 2 s: failed {failed}, {server.num_deaths} deaths")


def f12(num_pages: int = 300, down_s: float = 5.0) -> None:
    app = OpenAiApp(latency_s=0.05)
    with OpenAiServer(app) as server, EndpointEngine(EndpointSettings(base_urls=(server.url,))) as engine:
        started = time.perf_counter()
        transcripts = asyncio.run(_restarting(server, engine, num_pages, down_s))
        wall = time.perf_counter() - started
    print(f"F12: {down_s:.0f} s down in mid-run: {_lost(transcripts, num_pages)} of {num_pages} lost, {wall:.1f} s")


async def _restarting(server: OpenAiServer, engine: EndpointEngine, num_pages: int, down_s: float) -> list[Transcript]:
    transcripts: list[Transcript] = []
    async for outcome in readings(engine, numbered_pages(num_pages), engine.capacity):
        if isinstance(outcome, EngineError):
            raise outcome
        transcripts.append(outcome)
        if len(transcripts) == 20:
            await asyncio.to_thread(server.stop)
            threading.Timer(down_s, server.start).start()
    return transcripts


if __name__ == "__main__":
    parts = {"f2": f2, "f3": f3, "f11": f11, "f12": f12}
    for name in sys.argv[1:] or parts:
        parts[name]()
