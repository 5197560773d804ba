"""A real HTTP server on the loopback interface, whose every path is a function of the test."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

Handler = BaseHTTPRequestHandler
Answer = Callable[["Handler", Event], None]
"""Writes the response; the event is set when the server closes, so that slow answers can stop."""


class LoopbackServer:
    """Serves `answers` by path while the context lasts, and keeps the requests it got.

    One ``http.server`` thread per connection; with `tls` it speaks https.
    """

    def __init__(self, answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._closing = Event()
        self._server = _QuietServer(("127.0.0.1", 0), _handler_class(self, answers))
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    @property
    def closing(self) -> Event:
        return self._closing

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what many tests are about."""


def _handler_class(server: LoopbackServer, answers: dict[str, Answer]) -> type[Handler]:
    class TestHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests.append((self.path, dict(self.headers.items())))
            self.close_connection = True
            answer = answers.get(self.path.partition("?")[0])
            if answer is None:
                self.send_error(404)
            else:
                answer(self, server.closing)

        def log_message(self, *_: Any) -> None:
            """Tests say what they saw."""

    return TestHandler


def body(content: bytes, **headers: str) -> Answer:
    """Answers 200 with the content and its length; ``Content_Type="…"`` adds a header."""

    def answer(handler: Handler, _: Event) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int) -> Answer:
    return lambda handler, _: handler.send_error(code)


def redirect(location: str, code: int = 302) -> Answer:
    def answer(handler: Handler, _: Event) -> None:
        handler.send_response(code)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def endless(first: bytes, chunk: bytes) -> Answer:
    """A body without a length that goes on until the client hangs up."""

    def answer(handler: Handler, closing: Event) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(first)
        while not closing.is_set():
            handler.wfile.write(chunk)

    return answer


def dripping(text: bytes, every_s: float) -> Answer:
    """Sends the raw response text byte by byte, and then spaces, a thousand bytes in all (slow loris)."""

    def answer(handler: Handler, closing: Event) -> None:
        for byte in text.ljust(1000):
            if closing.wait(every_s):
                return
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()

    return answer
