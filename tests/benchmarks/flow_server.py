"""A light server of OpenAI chat completions, a process of its own, that keeps count of what it served.

It speaks as much HTTP as the endpoint engine needs and decodes no more of a picture than its first row.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from tests.benchmarks.flow_pages import COPIES_TO_SEE, LOOP, looping_transcript, number_in
from tests.support.openai_server.app import MODEL
from tests.support.openai_server.pages import transcript_of

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_PNG = "data:image/png;base64,"
_FIRST_ROW_CHARS = 8192
"""Of a picture's text: more than its header and its first row take."""
_LOOP_SHOWS_AFTER_S = 2.0
_NUM_PIECES = 4
"""A good page that is streamed comes in so many, evenly over its time."""


class Odd(Enum):
    """What is the matter with the odd pages, however they are asked for."""

    SLOW = "good, and slow"
    LOOPS = "a loop, all of it at the end"
    LOOPS_STEADILY = "a loop; where it is streamed, it can be seen after two seconds"


@dataclass(frozen=True, slots=True)
class Behaviour:
    answer_s: float = 0.2
    odd: Odd | None = None
    odd_s: float = 0.0
    odd_share: float = 0.03
    has_faults: bool = False
    """As F1: of 100 requests 30 are refused with 503, 10 break off and 2 hang."""

    def is_odd(self, page: int) -> bool:
        """Evenly among all pages."""
        return self.odd is not None and int((page + 1) * self.odd_share) > int(page * self.odd_share)


@dataclass(slots=True)
class Tally:
    """What a server has seen so far. Seconds are from a request's last byte to the answer's, or to its hanging up."""

    in_flight: int = 0
    most_in_flight: int = 0
    num_cancelled: int = 0
    num_requests: Counter[int] = field(default_factory=Counter)
    """By page."""
    seconds: Counter[int] = field(default_factory=Counter)
    """By page."""
    last_page: int = -1
    """That whose request ended last."""
    cpu_s: float = 0.0

    @property
    def num_repeated(self) -> int:
        return self.num_requests.total() - len(self.num_requests)


class FlowServer:
    """A server as seen from the benchmark's process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url: str = pipe.recv()

    def tally(self) -> Tally:
        self._pipe.send(None)
        tally: Tally = self._pipe.recv()
        return tally

    def idle_tally(self) -> Tally:
        """Once nothing is in flight any more: what was, is counted."""
        while (tally := self.tally()).in_flight:
            time.sleep(0.02)
        return tally


@contextmanager
def flow_server(behaviour: Behaviour) -> Iterator[FlowServer]:
    processes = get_context("spawn")
    ours, theirs = processes.Pipe()
    process = processes.Process(target=_serve, args=(theirs, behaviour), daemon=True)
    process.start()
    try:
        yield FlowServer(ours)
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection, behaviour: Behaviour) -> None:
    asyncio.run(_serve_for_ever(pipe, behaviour))


async def _serve_for_ever(pipe: Connection, behaviour: Behaviour) -> None:
    tally, begun = Tally(), time.process_time()

    def tell() -> None:
        pipe.recv()
        pipe.send(replace(tally, cpu_s=time.process_time() - begun))

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(behaviour, tally), "127.0.0.1", 0, backlog=1024)
    loop.add_reader(pipe.fileno(), tell)
    pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    await server.serve_forever()


class _Connection(asyncio.Protocol):
    """Answers one request after the other."""

    def __init__(self, behaviour: Behaviour, tally: Tally) -> None:
        self._behaviour = behaviour
        self._tally = tally
        self._received = bytearray()
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answering and not self._answering.done():
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or len(body) < (int(length[1]) if length else 0):
            return
        self._received = bytearray()
        if head.startswith(b"GET"):
            self._send_json({"object": "list", "data": [{"id": MODEL, "owned_by": "vllm"}]})
        else:
            self._answering = asyncio.get_running_loop().create_task(self._counted(body))

    async def _counted(self, body: bytes) -> None:
        started = time.perf_counter()
        asked = json.loads(body)
        try:
            page = _page_in(asked)
        except ValueError as error:
            self._send_json({"error": {"message": str(error)}}, b"400 Bad Request")
            return
        tally = self._tally
        attempt, tally.in_flight = tally.num_requests[page], tally.in_flight + 1
        tally.num_requests[page] += 1
        tally.most_in_flight = max(tally.most_in_flight, tally.in_flight)
        try:
            await self._answer(page, attempt, is_streamed=bool(asked.get("stream")))
        except asyncio.CancelledError:
            tally.num_cancelled += 1
            raise
        finally:
            tally.in_flight -= 1
            tally.seconds[page] += time.perf_counter() - started
            tally.last_page = page

    async def _answer(self, page: int, attempt: int, *, is_streamed: bool) -> None:
        behaviour = self._behaviour
        draw = Random(f"1/{page}/{attempt}").random() if behaviour.has_faults else 1.0  # noqa: S311 # repeatable
        if draw < 0.42:
            await self._fail(draw)
        elif not behaviour.is_odd(page):
            await self._write(transcript_of(page), "stop", behaviour.answer_s, _NUM_PIECES if is_streamed else 0)
        elif behaviour.odd is Odd.SLOW:
            await self._write(transcript_of(page), "stop", behaviour.odd_s, _NUM_PIECES if is_streamed else 0)
        elif behaviour.odd is Odd.LOOPS:
            await self._write(looping_transcript(page, 2 * COPIES_TO_SEE), "length", behaviour.odd_s, int(is_streamed))
        else:
            num_copies = round(COPIES_TO_SEE * behaviour.odd_s / _LOOP_SHOWS_AFTER_S)
            text = looping_transcript(page, num_copies)
            await self._write(text, "length", behaviour.odd_s, len(text) // len(LOOP) if is_streamed else 0)

    async def _fail(self, draw: float) -> None:
        if draw < 0.3:
            self._send_json({"error": {"message": "try again"}}, b"503 Service Unavailable")
        elif draw < 0.4:
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10000\r\n\r\n{"
            )
            self._transport.close()
        else:
            await asyncio.Event().wait()

    async def _write(self, text: str, finish_reason: str, seconds: float, num_pieces: int) -> None:
        """In so many pieces evenly over the time; 0 is an answer that is not streamed."""
        if not num_pieces:
            await asyncio.sleep(seconds)
            choice = {"index": 0, "message": {"content": text}, "finish_reason": finish_reason}
            self._send_json({"id": "1", "object": "chat.completion", "choices": [choice]})
            return
        self._transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        begun, step = time.perf_counter(), -(-len(text) // num_pieces)
        for number in range(num_pieces):
            await asyncio.sleep(begun + seconds * (number + 1) / num_pieces - time.perf_counter())
            self._send_event({"delta": {"content": text[number * step : (number + 1) * step]}})
        self._send_event({"delta": {}, "finish_reason": finish_reason})
        self._transport.write(_chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")

    def _send_event(self, choice: dict[str, Any]) -> None:
        event = {"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, **choice}]}
        self._transport.write(_chunk(b"data: %s\n\n" % json.dumps(event).encode()))

    def _send_json(self, value: object, status: bytes = b"200 OK") -> None:
        body = json.dumps(value).encode()
        head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body))
        self._transport.write(head + body)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _page_in(asked: dict[str, Any]) -> int:
    url: str = next(part["image_url"]["url"] for part in asked["messages"][0]["content"] if part["type"] == "image_url")
    return number_in(b64decode(url[len(_PNG) : len(_PNG) + _FIRST_ROW_CHARS]))
