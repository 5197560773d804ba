"""Connections for http(s) that go to checked addresses only, and that end when the time is over."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import httpcore

from ocr2_loaders.errors import UrlRefused
from ocr2_loaders.sources.address_policy import AddressPolicy
from ocr2_loaders.sources.deadline import Deadline
from ocr2_loaders.sources.failure import unreadable

_CONNECT_TIMEOUT_S = 10.0  # so that one dead address does not use up the time for the next

Resolver = Callable[[str, int], list[str]]
"""Host name and port → addresses, best first; raises OSError or UnicodeError where there are none."""


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses that the system knows for the name. It also reads 127.1, 0x7f000001 and 2130706433 as addresses."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedNetwork(httpcore.NetworkBackend):
    """Resolves each name once, checks all its addresses, and connects to one of those very addresses.

    A name that answers differently the next time (DNS rebinding) gains nothing. TLS and the Host header keep the name.
    """

    def __init__(self, policy: AddressPolicy, deadline: Deadline, resolve: Resolver = system_addresses) -> None:
        self._policy = policy
        self._deadline = deadline
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline decides
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in self._checked_addresses(host, port):
            seconds = min(_CONNECT_TIMEOUT_S, self._deadline.remaining_s())
            try:
                stream = self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _BoundedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        addresses = self._resolved(host, port)
        for address in addresses:
            if not self._policy.allows(address, port):
                meant = host if host == address else f"{host}, which is {address},"
                raise UrlRefused(
                    f"{meant} is not a public address", hint="set allow_private_addresses where that is meant"
                )
        return addresses

    def _resolved(self, host: str, port: int) -> list[str]:
        """Asks in a thread of its own: the system's resolver takes no time limit."""
        answers: SimpleQueue[list[str] | OSError | UnicodeError] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        Thread(target=ask, daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.remaining_s())
        except Empty:
            raise self._deadline.passed() from None
        if isinstance(answer, (OSError, UnicodeError)):
            raise unreadable(f"the host {host} cannot be found ({answer})", retryable=_may_come(answer)) from answer
        return answer


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every wait is cut at the deadline, however little arrives each time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline decides
        return self._stream.read(max_bytes, self._deadline.remaining_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline decides
        self._stream.write(buffer, self._deadline.remaining_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the deadline decides
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.remaining_s())
        return _BoundedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _may_come(error: OSError | UnicodeError) -> bool:
    return isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
