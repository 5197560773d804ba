"""Connections to one server, cheap to keep in large numbers."""

from __future__ import annotations

import ssl
from itertools import count
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from model_runtime.engines.endpoint.connection import Connecting

_CONNECTIONS_A_POOL = 8
_IDLE_S = 5.0
"""How long a connection is kept that nothing is asked for."""


def mounts(url: str, num_connections: int) -> dict[str, httpx.AsyncBaseTransport | None]:
    """The transport for the server at `url`; none of our own where the environment names a proxy for it."""
    parts = urlsplit(url)
    proxied = parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")
    return {} if proxied else {f"{parts.scheme}://{parts.netloc}": SpreadTransport(num_connections)}


class SpreadTransport(httpx.AsyncBaseTransport):
    """Gives requests to several small connection pools in turn.

    The work of one pool grows with the square of its connections: with 64 of them it would take longer to find one
    than to send a page.
    """

    def __init__(self, num_connections: int) -> None:
        trusted: ssl.SSLContext = httpx.create_ssl_context()
        num_pools = -(-num_connections // _CONNECTIONS_A_POOL)
        self._pools = [_Pool(trusted) for _ in range(num_pools)]
        self._turn = count()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._pools[next(self._turn) % len(self._pools)].handle_async_request(request)

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()


class _Pool(httpx.AsyncHTTPTransport):
    """httpx's own transport, but for the way in which its connections are opened."""

    def __init__(self, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted,
            max_connections=None,
            max_keepalive_connections=_CONNECTIONS_A_POOL,
            keepalive_expiry=_IDLE_S,
            network_backend=Connecting(),
        )
