"""The endpoint engine at full size: F1 among faults, throughput before a clean server, streams, PNGs, Ctrl-C.

``python tests/benchmarks/bench_endpoint.py [f1] [clean] [stream] [png] [stop]``; without names, all. The server is a
process of its own on the same machine, so its share of the processor counts against the figures; before the clean
server, a lean one that does next to nothing stands beside it, and a bare client that does nothing but keep so many
requests in flight.
"""

from __future__ import annotations

import asyncio
import gc
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import openai
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings  # noqa: E402 # after the path is set
from model_runtime.engines.endpoint.chat import chat_request, question_of  # noqa: E402
from model_runtime.engines.endpoint.introduction import Introduction  # noqa: E402
from model_runtime.engines.endpoint.settings import Dialect  # noqa: E402
from model_runtime.engines.png import encoded_png  # noqa: E402
from tests.support.openai_server.app import MODEL, OpenAiApp  # noqa: E402
from tests.support.openai_server.faults import chaos  # noqa: E402
from tests.support.openai_server.lean import LeanServer  # noqa: E402
from tests.support.openai_server.pages import numbered_page, numbered_pages, transcript_of  # noqa: E402
from tests.support.openai_server.server import OpenAiServer  # noqa: E402
from tests.support.reading import transcripts_of, words_of  # noqa: E402


def _tokens_of(page: int, num_tokens: int = 0) -> list[str]:
    """The text of a page, behind it as many words as make that many tokens."""
    return [transcript_of(page), *(f"word{number % 100} " for number in range(num_tokens - 1))]


def _serve_lean(pipe: Connection, latency_s: float, num_tokens: int, pause_s: float) -> None:
    pieces = partial(_tokens_of, num_tokens=num_tokens)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: LeanServer(latency_s, pieces, pause_s), "127.0.0.1", 0, backlog=1024)
        pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        await loop.run_in_executor(None, pipe.recv)
        pipe.send(time.process_time())

    asyncio.run(serve())


@contextmanager
def _lean_server(
    latency_s: float, counts: dict[str, float], num_tokens: int = 0, pause_s: float = 0.0
) -> Iterator[str]:
    """A server process that does next to nothing; `counts` gets its processor time when it ends."""
    processes = get_context("spawn")
    ours, theirs = processes.Pipe()
    process = processes.Process(target=_serve_lean, args=(theirs, latency_s, num_tokens, pause_s))
    process.start()
    yield ours.recv()
    ours.send(None)
    counts["cpu_s"] = ours.recv()
    process.join()


def _serve(pipe: Connection, shares: tuple[float, float, float], latency_s: float) -> None:
    overloaded, resets, hangs = shares
    app = OpenAiApp(plan=chaos(1, overloaded=overloaded, resets=resets, hangs=hangs), latency_s=latency_s)
    with OpenAiServer(app) as server:
        pipe.send(server.url)
        pipe.recv()
        pipe.send((app.num_calls, app.most_in_flight, time.process_time()))


@contextmanager
def _server(shares: tuple[float, float, float], latency_s: float, counts: dict[str, float]) -> Iterator[str]:
    """A server process; `counts` gets what it saw when it ends."""
    processes = get_context("spawn")
    ours, theirs = processes.Pipe()
    process = processes.Process(target=_serve, args=(theirs, shares, latency_s))
    process.start()
    yield ours.recv()
    ours.send(None)
    counts["calls"], counts["in_flight"], counts["cpu_s"] = ours.recv()
    process.join()


def f1(num_pages: int = 1000) -> None:
    counts: dict[str, float] = {}
    with _server((0.3, 0.1, 0.02), 0.0, counts) as url:
        settings = EndpointSettings(base_urls=(url,), max_in_flight=32, request_timeout_s=3.0)
        with EndpointEngine(settings) as engine:
            started = time.perf_counter()
            transcripts = transcripts_of(engine, numbered_pages(num_pages), 32)
            wall = time.perf_counter() - started
    good = sum(each.text == transcript_of(place) for place, each in enumerate(transcripts))
    print(
        f"F1 ours: {num_pages - good} of {num_pages} lost, {len(transcripts)} results in order, "
        f"{counts['calls'] / num_pages:.2f}x requests, {wall:.1f} s"
    )
    for max_retries in (2, 8):
        with _server((0.3, 0.1, 0.02), 0.0, counts) as url:
            started = time.perf_counter()
            lost = asyncio.run(_plain_client(url, num_pages, max_retries))
            wall = time.perf_counter() - started
        print(
            f"F1 openai client, max_retries={max_retries}: {lost} of {num_pages} lost, "
            f"{counts['calls'] / num_pages:.2f}x requests, {wall:.1f} s"
        )


async def _plain_client(url: str, num_pages: int, max_retries: int) -> int:
    """How many pages the official client loses with 32 in flight and 3 s for each try."""
    places = asyncio.Semaphore(32)
    settings, introduction = EndpointSettings(base_urls=(url,)), Introduction(MODEL, Dialect.PLAIN)

    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=max_retries, timeout=3.0) as client:

        async def one(page: int) -> bool:
            body: Any = chat_request(question_of(numbered_page(page)), settings, introduction)
            async with places:
                try:
                    answer = await client.chat.completions.create(**body)
                except openai.OpenAIError:
                    return False
            return answer.choices[0].message.content == transcript_of(page)

        done = await asyncio.gather(*(one(page) for page in range(num_pages)))
    return num_pages - sum(done)


def clean(num_pages: int = 2560, latency_s: float = 0.2, in_flight: int = 64) -> None:
    """Pages of 16 pixels: what is measured is the engine, not the machine's memory bandwidth.

    A full pass of Python's garbage collector over all modules takes 90 ms here, with 64 pages waiting; what it costs is
    measured too.
    """
    counts: dict[str, float] = {}
    with _server((0.0, 0.0, 0.0), latency_s, counts) as url:
        told = _through_engine(url, num_pages, latency_s, in_flight)
    print(f"clean server: {told}, the test server's {counts['cpu_s'] / counts['calls'] * 1000:.2f} ms")
    with _lean_server(latency_s, counts) as url:
        told = _through_engine(url, num_pages, latency_s, in_flight)
    print(f"lean server: {told}, the server's {counts['cpu_s'] / (num_pages + in_flight) * 1000:.2f} ms")
    with _lean_server(latency_s, counts) as url:
        gc.freeze()
        told = _through_engine(url, num_pages, latency_s, in_flight)
        gc.unfreeze()
    print(f"lean server, modules hidden from the garbage collector: {told}")
    with _lean_server(latency_s, counts) as url:
        started, cpu = time.perf_counter(), time.process_time()
        asyncio.run(_bare_client(url, num_pages, in_flight))
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    print(f"lean server, bare client: {_rate(num_pages, wall, cpu, num_pages / in_flight * latency_s)}")


def _through_engine(url: str, num_pages: int, latency_s: float, in_flight: int) -> str:
    with EndpointEngine(EndpointSettings(base_urls=(url,), max_in_flight=in_flight)) as engine:
        transcripts_of(engine, numbered_pages(in_flight))
        started, cpu = time.perf_counter(), time.process_time()
        done = transcripts_of(engine, numbered_pages(num_pages), engine.capacity)
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    assert [each.text for each in done] == [transcript_of(page) for page in range(num_pages)]
    return _rate(num_pages, wall, cpu, num_pages / in_flight * latency_s)


def stream(num_tokens: int = 1000, in_flight: int = 16) -> None:
    """Processor time of the client for a page of so many tokens, told while it is written or not at all.

    Each token is a chunk of its own, which is the worst that a server does: they come at once, or one every 20 ms.
    """
    for pause_s in (0.0, 0.02):
        with _lean_server(0.0, {}, num_tokens, pause_s) as url:
            told, not_told = (_cpu_of_a_page(url, in_flight, aloud=aloud) for aloud in (True, False))
        print(
            f"stream of {num_tokens} tokens, {pause_s * 1000:.0f} ms apart: {told * 1000:.1f} ms of processor a page, "
            f"not streamed {not_told * 1000:.1f}: {(told - not_told) / num_tokens * 1e6:.1f} us a chunk"
        )


def _cpu_of_a_page(url: str, in_flight: int, *, aloud: bool) -> float:
    async def read(engine: EndpointEngine, page: int) -> None:
        told: list[str | None] = []
        transcript = await engine.read(numbered_page(page), told.append if aloud else None)
        assert transcript.error is None
        assert not aloud or words_of(told) == transcript.text

    async def read_all(engine: EndpointEngine) -> None:
        await asyncio.gather(*(read(engine, page) for page in range(in_flight)))

    with EndpointEngine(EndpointSettings(base_urls=(url,), max_in_flight=in_flight)) as engine:
        asyncio.run(read_all(engine))
        cpu = time.process_time()
        for _ in range(2):
            asyncio.run(read_all(engine))
        return (time.process_time() - cpu) / (2 * in_flight)


def _rate(num_pages: int, wall: float, cpu: float, ideal: float) -> str:
    return (
        f"{num_pages / wall:.0f} pages/s, ideal {num_pages / ideal:.0f}: {ideal / wall:.1%}; "
        f"{cpu / num_pages * 1000:.2f} ms of processor a page"
    )


async def _bare_client(url: str, num_pages: int, in_flight: int) -> None:
    """Sends one ready-made request again and again over so many connections: what no client can be faster than."""
    parts = urlsplit(url)
    body = chat_request(question_of(numbered_page(1)), EndpointSettings(), Introduction(MODEL, Dialect.PLAIN))
    content = json.dumps(body).encode()
    request = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(content) + content
    left = iter(range(num_pages))

    async def one() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for _ in left:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.rpartition(b"content-length: ")[2]))
        writer.close()

    await asyncio.gather(*(one() for _ in range(in_flight)))


def _text_page() -> np.ndarray[Any, np.dtype[np.uint8]]:
    image = Image.new("RGB", (1224, 1584), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(20)
    for line in range(60):
        draw.text(
            (100, 80 + line * 24), "The quick brown fox jumps over the lazy dog, again and again. " * 2, "black", font
        )
    return np.asarray(image)


def png() -> None:
    grey = _text_page()
    colour = grey.copy()
    colour[:200, :400] = np.random.default_rng(1).integers(0, 255, (1, 400, 3), np.uint8)
    for name, page in (("grey text page", grey), ("page with colour", colour)):
        ours, our_size = _timed(lambda page=page: encoded_png(page))
        for level in (6, 1):
            theirs, their_size = _timed(lambda page=page, level=level: _pillow_png(page, level))
            print(
                f"PNG {name}: ours {ours:.1f} ms, {our_size / 1024:.0f} KiB; Pillow level {level} {theirs:.1f} ms, "
                f"{their_size / 1024:.0f} KiB: {theirs / ours:.1f} times as fast"
            )


def _pillow_png(page: np.ndarray[Any, np.dtype[np.uint8]], level: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(page).save(file, "PNG", compress_level=level)
    return file.getvalue()


def _timed(encode: Callable[[], bytes]) -> tuple[float, int]:
    """Milliseconds of processor time, the best of seven, and the size."""
    best = float("inf")
    for _ in range(7):
        started = time.process_time()
        size = len(encode())
        best = min(best, time.process_time() - started)
    return best * 1000, size


_PROGRAM = """
import sys
from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings
from tests.support.openai_server.pages import numbered_pages
from tests.support.reading import transcripts_of
with EndpointEngine(EndpointSettings(base_urls=(sys.argv[1],))) as engine:
    print("started", flush=True)
    transcripts_of(engine, numbered_pages(500), engine.capacity)
"""


def stop() -> None:
    """From SIGINT, with 32 pages of 20 s in flight, to the end of the process."""
    with _server((0.0, 0.0, 0.0), 20.0, {}) as url:
        program = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, url], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert program.stdout is not None
        program.stdout.readline()
        time.sleep(2)
        started = time.perf_counter()
        program.send_signal(signal.SIGINT)
        program.wait()
        print(f"Ctrl-C: out in {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    parts = {"f1": f1, "clean": clean, "stream": stream, "png": png, "stop": stop}
    for name in sys.argv[1:] or parts:
        parts[name]()
