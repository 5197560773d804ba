"""The least that answers as the test server does: for benchmarks, where the server's work must not hide the client's.

It speaks just enough HTTP for the endpoint engine, decodes no more of a page than its first pixel, and injects nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from base64 import b64decode

from tests.support.openai_server.app import MODEL
from tests.support.openai_server.pages import transcript_of

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_PICTURE = b"data:image/png;base64,"
_HEAD_CHARS = 400
"""Of a picture's text: more than the file's header and the beginning of its first row take."""


class LeanServer(asyncio.Protocol):
    """One connection. Every page's answer comes `latency_s` after its last byte."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
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
            choice = {"index": 0, "message": {"content": transcript_of(_page_in(body))}, "finish_reason": "stop"}
            asyncio.get_running_loop().call_later(self._latency_s, self._answer, {"choices": [choice]})

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        if not self._transport.is_closing():
            self._transport.write(head + body)


def _page_in(body: bytes) -> int:
    """The number in the first pixel of an RGB picture, wherever it is whole enough to be decoded."""
    start = body.index(_PICTURE) + len(_PICTURE)
    png = b64decode(bytes(body[start : start + _HEAD_CHARS]).split(b'"')[0])
    data = png[png.index(b"IDAT") + 4 :]
    row = zlib.decompressobj().decompress(data, 4)
    if png[25] == 0:  # grey: the page's number is 0, or three equal bytes
        return row[1] << 16 | row[1] << 8 | row[1]
    return row[1] << 16 | row[2] << 8 | row[3]
