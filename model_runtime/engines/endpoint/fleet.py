"""All servers of an engine: which one takes the next page, and when there is no use in going on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from model_runtime.engines.endpoint.fault import Fault, FaultKind
from model_runtime.engines.endpoint.server import Server
from model_runtime.engines.endpoint.settings import EndpointSettings
from model_runtime.engines.endpoint.waiting_line import WaitingLine
from model_runtime.errors import EngineError, EngineOverloaded, EngineUnavailable

_FIRST_PROBE_S = 0.1
_SLOWEST_PROBE_S = 2.0
_TICK_S = 0.005
"""Timers may fire a moment early."""
_MAY_BE_DEAD = frozenset({FaultKind.LOST, FaultKind.BROKEN, FaultKind.UNREACHABLE})


class Fleet:
    """Hands out places at servers, at most as many as each takes, the earliest page first. Lives on one event loop."""

    def __init__(self, servers: tuple[Server, ...], settings: EndpointSettings) -> None:
        self.servers = servers
        self._settings = settings
        self.over: EngineError | None = None
        """Why no page gets through any more."""
        self._tickets = count()
        self._line = WaitingLine()
        self._num_alone = 0
        self._probes: dict[Server, asyncio.Task[bool]] = {}
        self._nurses: dict[Server, asyncio.Task[None]] = {}

    def begin(self) -> None:
        """Another run: what ended the last one may be mended by now."""
        self.over = None
        for server in self.servers:
            server.trouble_since = None if server.is_up else time.monotonic()

    def ticket(self) -> int:
        """The next place in the order of pages; for any thread."""
        return next(self._tickets)

    @asynccontextmanager
    async def place(self, ticket: int, *, alone: bool = False) -> AsyncIterator[Server]:
        """A place at the least busy server that takes pages; `alone`, with no other page in flight anywhere.

        Of those that wait, the lowest ticket gets the next place. Raises: EngineError when the run is over.
        """
        self._num_alone += alone
        try:
            server = await self._taken(ticket, alone=alone)
            try:
                yield server
            finally:
                server.num_in_flight -= 1
        finally:
            self._num_alone -= alone
            self._hand_out()

    async def consider(self, server: Server, fault: Fault) -> bool:
        """Draws the conclusions from a fault; True when the server died while it had the page."""
        died = False
        if fault.kind in _MAY_BE_DEAD:
            died = await self._is_dead(server) and fault.kind is not FaultKind.UNREACHABLE
        elif fault.kind is FaultKind.REFUSED_RUN:
            self._end(fault.as_error())
        elif fault.retry_after_s:
            asyncio.get_running_loop().call_later(fault.retry_after_s + _TICK_S, self._hand_out)
        self._lose_patience()
        return died

    async def close(self) -> None:
        tasks = (*self._probes.values(), *self._nurses.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for server in self.servers:
            await server.close()

    async def _taken(self, ticket: int, *, alone: bool) -> Server:
        place = self._line.join(ticket, alone=alone)
        self._hand_out()
        try:
            return await place
        except asyncio.CancelledError:
            if not place.cancelled() and place.exception() is None:  # handed out, and nobody there to take it
                place.result().num_in_flight -= 1
            raise

    def _hand_out(self) -> None:
        """Gives the places that there are to those that came first, here and now: nobody can slip in between."""
        while first := self._line.first():
            if self.over is not None:
                first.place.set_exception(self.over)
                continue
            server = self._free(alone=not first.with_others)
            if server is None:
                return
            server.num_in_flight += 1
            first.place.set_result(server)

    def _free(self, *, alone: bool) -> Server | None:
        if alone and any(server.num_in_flight for server in self.servers):
            return None
        if self._num_alone and not alone:
            return None
        now = time.monotonic()
        free = [
            server
            for server in self.servers
            if server.is_up and server.paused_until <= now and server.num_in_flight < server.throttle.limit
        ]
        return min(free, key=lambda server: server.num_in_flight / server.throttle.limit, default=None)

    async def _is_dead(self, server: Server) -> bool:
        """Asks the server for its health; pages that were lost together share one question."""
        if server.is_up:
            probe = self._probes.get(server)
            if probe is None or probe.done():
                probe = self._probes[server] = asyncio.create_task(server.is_alive())
            if not await asyncio.shield(probe) and server.is_up:
                server.is_up = False
                self._nurses[server] = asyncio.create_task(self._nurse(server))
        return not server.is_up

    async def _nurse(self, server: Server) -> None:
        """Waits until the server answers again."""
        pause = _FIRST_PROBE_S
        while not await server.is_alive():
            await asyncio.sleep(pause)
            pause = min(_SLOWEST_PROBE_S, pause * 1.5)
            self._lose_patience()
        server.is_up = True
        self._hand_out()

    def _lose_patience(self) -> None:
        """Ends the run when every server is gone for longer than anyone would wait."""
        now = time.monotonic()
        if not all(self._is_lost(server, now) for server in self.servers):
            return
        faults = [server.last_fault for server in self.servers if server.last_fault]
        overloaded = [fault for fault in faults if fault.kind is FaultKind.OVERLOADED]
        if overloaded:
            hint = "try again later, or lower max_in_flight"
            self._end(EngineOverloaded(f"no page gets through: {overloaded[0].message}", hint=hint))
        elif faults:
            self._end(EngineUnavailable(faults[0].message, hint=faults[0].hint))

    def _is_lost(self, server: Server, now: float) -> bool:
        if server.paused_until - now > self._settings.max_retry_after_s:
            return True
        patience = self._settings.patience_s if server.has_answered else self._settings.connect_patience_s
        return server.trouble_since is not None and now - server.trouble_since >= patience

    def _end(self, error: EngineError) -> None:
        self.over = self.over or error
        self._hand_out()
