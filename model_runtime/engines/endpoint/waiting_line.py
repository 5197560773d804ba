"""The pages that wait for a place at a server: the earliest goes first, however late it joined."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model_runtime.engines.endpoint.server import Server


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """One page in the line. Those that have to be alone come first: no other page gets a place while they wait."""

    with_others: bool
    ticket: int
    joined: int
    place: asyncio.Future[Server] = field(compare=False)


class WaitingLine:
    """A page that comes back for another try has kept its ticket, and so its place in the line."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._joined = count()

    def join(self, ticket: int, *, alone: bool) -> asyncio.Future[Server]:
        """What the page has to wait for. Cancelling it leaves the line."""
        place: asyncio.Future[Server] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, Waiting(not alone, ticket, next(self._joined), place))
        return place

    def first(self) -> Waiting | None:
        while self._waiting and self._waiting[0].place.done():
            heappop(self._waiting)
        return self._waiting[0] if self._waiting else None
