"""The endpoint engine before `vllm serve` at full size: doctor, pages, pages among faults, and the server's queue.

    python tests/benchmarks/gpu/bench_serve.py MODEL_DIR [NUM_PAGES]

The model folder needs no weights. OCR2_VLLM_PLUGIN=0 in the environment serves upstream's own model class. The faults
are those of F1, put in by a proxy between engine and server.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent))
from bench_engine import requests
from stages import result, stage

from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings
from model_runtime.engines.vllm.service import guard_name
from tests.support.openai_server.call import Call, Receive, Send
from tests.support.openai_server.faults import chaos
from tests.support.openai_server.server import OpenAiServer, free_port
from tests.support.reading import transcripts_of

TOKENS = 256
START_S = 240.0
_IN_FLIGHT = re.compile(r"^vllm:num_requests_(running|waiting)\{[^}]*\} ([\d.]+)", re.MULTILINE)


@contextmanager
def vllm_server(folder: Path, log: Path) -> Iterator[str]:
    """The base URL of `vllm serve` as a user starts it, but for the random weights."""
    port = free_port()
    command = [
        sys.executable, "-m", "vllm.entrypoints.cli.main", "serve", str(folder), "--load-format", "dummy",
        "--host", "127.0.0.1", "--port", str(port), "--no-enable-prefix-caching", "--mm-processor-cache-gb", "0",
        "--logits-processors", guard_name(), "--gpu-memory-utilization", "0.85", "--max-num-batched-tokens", "18944",
    ]  # fmt: skip
    with log.open("w") as written:
        server = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
    try:
        start = time.perf_counter()
        while not is_up(port):
            if server.poll() is not None or time.perf_counter() - start > START_S:
                raise RuntimeError("vllm serve did not start:\n" + log.read_text()[-6000:])
            time.sleep(0.5)
        result("vllm serve is up after", f"{time.perf_counter() - start:.0f} s")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(60)


def is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def watched_queue(url: str) -> Iterator[dict[str, int]]:
    """The most requests that the server said it had running and waiting while the context lasted."""
    most: dict[str, int] = {"running": 0, "waiting": 0}
    over = Event()

    def watch() -> None:
        while not over.wait(0.2):
            for name, number in _IN_FLIGHT.findall(httpx.get(url.removesuffix("/v1") + "/metrics").text):
                most[name] = max(most[name], int(float(number)))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


class FaultProxy:
    """An ASGI app that passes every request on, but for those that F1's plan has a fault for."""

    def __init__(self, upstream: str) -> None:
        self._upstream = httpx.AsyncClient(base_url=upstream.removesuffix("/v1"), timeout=600)
        self._plan = chaos(1, overloaded=0.3, resets=0.1, hangs=0.02)
        self.num_calls = 0

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        call = Call(self.num_calls, self.num_calls, 0, {}, None, "", send, receive)  # type: ignore[arg-type]
        body = await whole_body(receive)
        if scope["path"].endswith("/chat/completions"):
            self.num_calls += 1
            if fault := self._plan(call):
                await fault(call)
                return
        headers = {"content-type": "application/json"}
        answer = await self._upstream.request(scope["method"], scope["path"], content=body, headers=headers)
        await call.answer(answer.content, status=answer.status_code)


async def whole_body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def doctor(url: str) -> None:
    command = [sys.executable, "-m", "ocr2_loaders.cli", "doctor", "--endpoint", url]
    told = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    result("doctor", f"exit status {told.returncode}")
    for line in (told.stdout + told.stderr[-3000:]).splitlines():
        result("doctor says", line)


def read(label: str, server: str, url: str, num_pages: int, in_flight: int) -> None:
    settings = EndpointSettings(
        base_urls=(url,), max_in_flight=in_flight, max_tokens=TOKENS, request_timeout_s=30, page_timeout_s=600
    )
    pages = requests(num_pages)
    with watched_queue(server) as most, EndpointEngine(settings) as engine:
        transcripts_of(engine, pages[:8])
        start = time.perf_counter()
        answers = transcripts_of(engine, pages, in_flight)
        seconds = time.perf_counter() - start
    in_order = [answer.page_index for answer in answers] == list(range(num_pages))
    reasons = Counter(str(answer.finish_reason) for answer in answers)
    errors = Counter(str(answer.error)[:200] for answer in answers if answer.error)
    result(label, f"{num_pages / seconds:.2f} pages/s, {seconds:.0f} s for {num_pages} pages of {TOKENS} tokens")
    result(f"{label}, answers", f"in order {in_order}, {dict(reasons)}, errors {dict(errors)}")
    result(f"{label}, the server's most", f"{most['running']} running, {most['waiting']} waiting")


def main() -> None:
    folder = Path(sys.argv[1])
    num_pages = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with stage("serve"), vllm_server(folder, folder / "serve.log") as server:
        doctor(server)
        with stage("32 in flight"):
            read("32 in flight", server, server, num_pages, 32)
        with stage("among faults"):
            proxy = FaultProxy(server)
            with OpenAiServer(proxy) as between:
                read("among faults", server, between.url, num_pages, 32)
            result("among faults, requests", f"{proxy.num_calls / (num_pages + 8):.2f} a page")
        with stage("256 in flight"):
            read("256 in flight", server, server, num_pages, 256)


if __name__ == "__main__":
    main()
