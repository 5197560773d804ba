"""Places at servers under any sequence of events: in order, never too many, never one left empty."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_runtime.engines.endpoint import EndpointSettings
from model_runtime.engines.endpoint.fleet import Fleet
from model_runtime.engines.endpoint.server import Server
from model_runtime.engines.endpoint.throttle import Throttle
from model_runtime.errors import EngineUnavailable

MOST = 2
SETTINGS = EndpointSettings(base_urls=("http://one.invalid/v1", "http://two.invalid/v1"), max_in_flight=MOST)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, ...]]:
    """Nobody ever calls them here; making their clients takes longer than all else in these tests."""
    made = tuple(Server(url, SETTINGS) for url in SETTINGS.base_urls)
    yield made
    for server in made:
        asyncio.run(server.close())


@dataclass
class Page:
    """A page that keeps each place until it is told to go."""

    fleet: Fleet
    ticket: int
    alone: bool
    go: asyncio.Event = field(default_factory=asyncio.Event)
    server: Server | None = None
    task: asyncio.Task[None] | None = None

    @property
    def waits(self) -> bool:
        return self.server is None and self.task is not None and not self.task.done()

    @property
    def key(self) -> tuple[bool, int]:
        return (not self.alone, self.ticket)

    def ask(self) -> None:
        self.go.clear()
        self.task = asyncio.create_task(self._stay())

    def cancel(self) -> None:
        if self.task:
            self.task.cancel()

    async def _stay(self) -> None:
        async with self.fleet.place(self.ticket, alone=self.alone) as server:
            self.server = server
            try:
                await self.go.wait()
            finally:
                self.server = None


class Scene:
    """A fleet, its pages, and what must hold after every event."""

    def __init__(self, servers: tuple[Server, ...]) -> None:
        for server in servers:
            server.throttle = Throttle(MOST)
            server.num_in_flight, server.is_up, server.paused_until = 0, True, 0.0
        self.fleet = Fleet(servers, SETTINGS)
        self.pages: list[Page] = []

    async def play(self, events: Sequence[tuple[str, int]], *, to_the_end: bool = True) -> None:
        for now, (event, number) in enumerate(events):
            waited = [page for page in self.pages if page.waits]
            getattr(self, f"_{event}")(number, float(now))
            await self.settled()
            self._check(waited)
        if to_the_end:
            await self._run_dry()

    def _come(self, number: int, _: float) -> None:
        self.pages.append(Page(self.fleet, self.fleet.ticket(), alone=number % 7 == 0))
        self.pages[-1].ask()

    def _end(self, number: int, _: float) -> None:
        if page := self._one(number, [page for page in self.pages if page.server]):
            page.go.set()

    def _fail(self, number: int, now: float) -> None:
        """The server says that it has too many."""
        if page := self._one(number, [page for page in self.pages if page.server]):
            assert page.server
            page.server.throttle.was_too_much(now, for_sure=True)
            page.go.set()

    def _return(self, number: int, _: float) -> None:
        """A page whose first try is over comes again."""
        if page := self._one(number, [page for page in self.pages if page.task and page.task.done()]):
            page.ask()

    def _leave(self, number: int, _: float) -> None:
        if page := self._one(number, [page for page in self.pages if page.task and not page.task.done()]):
            page.cancel()

    def _leave_as_the_place_comes(self, number: int, _: float) -> None:
        """The one in front is handed a place and cancelled before it can take it."""
        waiting = sorted((page for page in self.pages if page.waits), key=lambda page: page.key)
        if waiting and (page := self._one(number, [page for page in self.pages if page.server])):
            page.go.set()
            asyncio.get_running_loop().call_soon(waiting[0].cancel)

    def _one(self, number: int, pages: Sequence[Page]) -> Page | None:
        return pages[number % len(pages)] if pages else None

    async def settled(self) -> None:
        for _ in range(8):
            await asyncio.sleep(0)

    def _check(self, waited: Sequence[Page]) -> None:
        served = [page for page in self.pages if page.server]
        waiting = [page for page in self.pages if page.waits]
        for server in self.fleet.servers:
            assert server.num_in_flight == sum(page.server is server for page in served) <= MOST
        assert not any(page.alone for page in served) or len(served) == 1
        if waiting:
            first = min(waiting, key=lambda page: page.key)
            assert all(page.key < first.key for page in waited if page.server), "somebody was passed over"
            assert not self._has_room_for(first, served), "a place is left empty"

    def _has_room_for(self, page: Page, served: Sequence[Page]) -> bool:
        if page.alone or any(each.alone for each in served):
            return not served
        return any(server.num_in_flight < server.throttle.limit for server in self.fleet.servers)

    async def _run_dry(self) -> None:
        """Nobody is forgotten: once pages only end, all of them get their turn."""
        while pages := [page for page in self.pages if page.task and not page.task.done()]:
            served = [page for page in pages if page.server]
            assert served
            served[0].go.set()
            await self.settled()
        assert [server.num_in_flight for server in self.fleet.servers] == [0, 0]


EVENTS = st.sampled_from(["come", "come", "come", "end", "fail", "return", "leave", "leave_as_the_place_comes"])


@settings(max_examples=100)
@given(events=st.lists(st.tuples(EVENTS, st.integers(0, 30)), min_size=20, max_size=60))
def test_places_go_to_the_earliest_pages_and_none_is_left_empty_or_given_twice(
    servers: tuple[Server, ...], events: list[tuple[str, int]]
) -> None:
    asyncio.run(Scene(servers).play(events))


def test_the_end_of_a_run_reaches_everyone_in_line(servers: tuple[Server, ...]) -> None:
    async def scene() -> None:
        played = Scene(servers)
        await played.play([("come", 1)] * 10, to_the_end=False)
        gone = played.fleet.over = EngineUnavailable("gone")
        for page in played.pages:
            page.go.set()
        await played.settled()
        ends = [page.task.exception() for page in played.pages if page.task and page.task.done()]
        assert ends == [None] * 4 + [gone] * 6

    asyncio.run(scene())
