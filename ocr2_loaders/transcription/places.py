"""The places at an engine: as many as it reads pages at once, given to the earliest page first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count


class Places:
    """Belongs to one event loop. A page that comes back, to be read in another way, is as early as it was before."""

    def __init__(self, num_places: int) -> None:
        self._num_free = num_places
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._came = count()

    @asynccontextmanager
    async def place(self, ticket: int) -> AsyncIterator[None]:
        """One of the places; of the pages that wait, the one with the lowest ticket is next."""
        await self._taken(ticket)
        try:
            yield
        finally:
            self._give_back()

    async def _taken(self, ticket: int) -> None:
        if self._num_free and not self._waiting:
            self._num_free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (ticket, next(self._came), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # given, and nobody there to take it
                self._give_back()
            raise

    def _give_back(self) -> None:
        self._num_free += 1
        while self._waiting and self._num_free:
            *_, turn = heappop(self._waiting)
            if not turn.done():
                self._num_free -= 1
                turn.set_result(None)
