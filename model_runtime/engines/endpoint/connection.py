"""A connection to a server on asyncio alone; whatever breaks it off, no socket is left to the garbage collector."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpcore

_HAS_A_BODY = b"POST "
"""How the head of a request begins that is not sent before its body: one call to the system, not two."""


class Connection(httpcore.AsyncNetworkStream):
    """Bytes to a server and back, for the HTTP client."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._head = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        async with _told_as(httpcore.ReadError, httpcore.ReadTimeout, timeout):
            return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer.startswith(_HAS_A_BODY):
            self._head = buffer
            return
        buffer, self._head = self._head + buffer, b""
        async with _told_as(httpcore.WriteError, httpcore.WriteTimeout, timeout):
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        self._hang_up()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Connection:
        try:
            async with _told_as(httpcore.ConnectError, httpcore.ConnectTimeout, timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except BaseException:
            self._hang_up()
            raise
        return self

    def get_extra_info(self, info: str) -> object:
        """An idle connection counts as readable when the server has hung up."""
        if info == "is_readable":
            return self._reader.at_eof() or self._writer.is_closing()
        return self._writer.get_extra_info({"client_addr": "sockname", "server_addr": "peername"}.get(info, info))

    def _hang_up(self) -> None:
        """Without waiting for anything, so that nobody can break it off: what is not sent yet is not sent any more."""
        self._writer.close()
        self._writer.transport.abort()


class Connecting(httpcore.AsyncNetworkBackend):
    """Opens connections. The client's own way leaves a socket behind when it is cancelled at the wrong moment."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Connection:
        """Neither a local address nor options of sockets are ever asked for here."""
        del local_address, socket_options
        async with _told_as(httpcore.ConnectError, httpcore.ConnectTimeout, timeout):
            return Connection(*await asyncio.open_connection(host, port))


@asynccontextmanager
async def _told_as(
    broken: type[httpcore.NetworkError], late: type[httpcore.TimeoutException], timeout_s: float | None
) -> AsyncIterator[None]:
    """Errors in the words of the HTTP client."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise broken(str(error)) from error
