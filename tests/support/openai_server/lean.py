"""The least that answers as the test server does: for benchmarks, where the server's work must not hide the client's.

It speaks just enough HTTP for the endpoint engine, decodes no more of a page than its first pixel, and injects nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator

from tests.support.openai_server.app import MODEL

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_PICTURE = b"data:image/png;base64,"
_HEAD_OF_A_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_HEAD_CHARS = 400
"""Of a picture's text: more than the file's header and the beginning of its first row take."""


class LeanServer(asyncio.Protocol):
    """One connection. Every page's answer comes `latency_s` after its last byte.

    `pieces` is the text of a page by its number; a stream has a chunk for each of them, one every `pause_s`.
    """

    def __init__(self, latency_s: float, pieces: Callable[[int], list[str]], pause_s: float = 0.0) -> None:
        self._latency_s = latency_s
        self._pieces = pieces
        self._pause_s = pause_s
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or len(body) < (int(length[1]) if length else 0):
            return
        self._received = bytearray()
        if head.startswith(b"GET"):
            self._answer({"object": "list", "data": [{"id": MODEL, "owned_by": "vllm"}]})
        else:
            pieces = self._pieces(_page_in(body))
            answer = self._stream if b'"stream":true' in body else self._whole
            asyncio.get_running_loop().call_later(self._latency_s, answer, pieces)

    def _whole(self, pieces: list[str]) -> None:
        choice = {"index": 0, "message": {"content": "".join(pieces)}, "finish_reason": "stop"}
        self._answer({"choices": [choice]})

    def _stream(self, pieces: list[str]) -> None:
        self._transport.write(_HEAD_OF_A_STREAM)
        self._go_on(iter(pieces))

    def _go_on(self, pieces: Iterator[str]) -> None:
        for piece in pieces:
            self._event(_chunk(piece))
            if self._pause_s:
                asyncio.get_running_loop().call_later(self._pause_s, self._go_on, pieces)
                return
        self._event(_chunk(None))
        self._event(b"[DONE]")
        if not self._transport.is_closing():
            self._transport.write(b"0\r\n\r\n")

    def _event(self, data: bytes) -> None:
        event = b"data: " + data + b"\n\n"
        if not self._transport.is_closing():
            self._transport.write(b"%x\r\n%s\r\n" % (len(event), event))

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        if not self._transport.is_closing():
            self._transport.write(head + body)


def _chunk(piece: str | None) -> bytes:
    """As vLLM writes it, with all that nobody reads."""
    choice = {
        "index": 0,
        "delta": {} if piece is None else {"content": piece},
        "logprobs": None,
        "finish_reason": None if piece else "stop",
        "token_ids": None,
    }
    chunk = {
        "id": "chatcmpl-0123456789abcdef0123456789abcdef",
        "object": "chat.completion.chunk",
        "created": 1764561234,
    }
    return json.dumps(chunk | {"model": MODEL, "choices": [choice]}).encode()


def _page_in(body: bytes) -> int:
    """The number in the first pixel of an RGB picture, wherever it is whole enough to be decoded."""
    start = body.index(_PICTURE) + len(_PICTURE)
    png = b64decode(bytes(body[start : start + _HEAD_CHARS]).split(b'"')[0])
    data = png[png.index(b"IDAT") + 4 :]
    row = zlib.decompressobj().decompress(data, 4)
    if png[25] == 0:  # grey: the page's number is 0, or three equal bytes
        return row[1] << 16 | row[1] << 8 | row[1]
    return row[1] << 16 | row[2] << 8 | row[3]
