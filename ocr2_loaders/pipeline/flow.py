"""Many pages under way at a time, each a coroutine of its own, handed out in order or as they end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")


Work = Callable[[PageT, int, Callable[[ItemT], None]], Coroutine[Any, Any, ItemT]]
"""What is done for one page, given its number in the order of pages and a way to hand something out before the last
item, which is returned."""


@dataclass(frozen=True, slots=True)
class FlowLimits:
    """`at_once` pages are under way at most. In order, `look_ahead` may be there that are not handed out yet, as long
    as an earlier one is not done.
    """

    at_once: int
    look_ahead: int


@dataclass(eq=False)
class _PageUnderWay(Generic[ItemT]):
    """What came of a page so far; `error` is why no more comes of one that is done."""

    outbox: deque[ItemT] = field(default_factory=deque)
    task: asyncio.Task[ItemT] | None = None
    is_done: bool = False
    error: BaseException | None = None


class Flow(Generic[PageT, ItemT]):
    """Draws pages while there is room, starts the work for each, and hands out what comes of it. On one event loop.

    `draw` gives the next page, None at the end. A page is referred to by its work alone, so that its pixels can be let
    go. When nobody takes what is done, nothing new is begun.
    """

    def __init__(
        self,
        draw: Callable[[], Awaitable[PageT | None]],
        work: Work[PageT, ItemT],
        limits: FlowLimits,
        *,
        ordered: bool = True,
    ) -> None:
        self._draw = draw
        self._work = work
        self._limits = limits
        self._ordered = ordered
        self._line: deque[_PageUnderWay[ItemT]] = deque()
        self._num_under_way = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._driver = asyncio.create_task(self._drive())

    async def batch(self) -> list[ItemT]:
        """What is there to be handed out, at least one item; empty at the end.

        Raises: what drawing or a page's work raised, once all that came before is handed out.
        """
        while True:
            self._news.clear()
            if items := self._taken():
                return items
            if self._driver.done() and not self._line:
                self._driver.result()
                return []
            await self._news.wait()

    def stop(self) -> None:
        """Draw no more pages; those that are under way go on."""
        self._driver.cancel()

    async def close(self) -> None:
        """Break off everything, and wait until it has ended."""
        tasks = [self._driver, *(page.task for page in self._line if page.task)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._line.clear()

    async def _drive(self) -> None:
        ticket = 0
        try:
            while True:
                while not self._has_room():
                    self._room.clear()
                    await self._room.wait()
                page = await self._draw()
                if page is None:
                    return
                self._begin(page, ticket)
                del page
                ticket += 1
        except asyncio.CancelledError:
            return
        finally:
            asyncio.get_running_loop().call_soon(self._news.set)  # when this task is done

    def _has_room(self) -> bool:
        if self._num_under_way >= self._limits.at_once:
            return False
        if len(self._line) < self._limits.at_once:
            return True
        return self._ordered and not self._line[0].is_done and len(self._line) < self._limits.look_ahead

    def _begin(self, page: PageT, ticket: int) -> None:
        under_way: _PageUnderWay[ItemT] = _PageUnderWay()

        def emit(item: ItemT) -> None:
            under_way.outbox.append(item)
            self._news.set()

        self._line.append(under_way)
        self._num_under_way += 1
        under_way.task = asyncio.create_task(self._work(page, ticket, emit))
        under_way.task.add_done_callback(partial(self._ended, under_way))

    def _ended(self, under_way: _PageUnderWay[ItemT], task: asyncio.Task[ItemT]) -> None:
        under_way.is_done = True
        under_way.error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if under_way.error is None:
            under_way.outbox.append(task.result())
        self._num_under_way -= 1
        self._news.set()
        self._room.set()

    def _taken(self) -> list[ItemT]:
        """Takes what may be handed out now; an error waits until nothing stands before it."""
        items: list[ItemT] = []
        for page in tuple(self._line) if not self._ordered else _while_first(self._line):
            items += page.outbox
            page.outbox.clear()
            if page.is_done:
                if page.error and not items:
                    raise page.error
                if not page.error:
                    self._line.remove(page)
                    continue
            if self._ordered:
                break
        self._room.set()
        return items


def _while_first(line: deque[_PageUnderWay[ItemT]]) -> Iterator[_PageUnderWay[ItemT]]:
    """The first page in the line, as long as there is one; whoever takes it removes it or stops."""
    while line:
        yield line[0]
