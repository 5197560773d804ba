"""Pages under way: how many, in which order they come out, and what becomes of them when somebody has had enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.pipeline.flow import Flow, FlowLimits

Emit = Callable[[int], None]


class Scene:
    """Pages that end when they are told to; remembers how many were under way at once."""

    def __init__(self, num_pages: int, *, at_once: int = 3, look_ahead: int = 6, ordered: bool = True) -> None:
        self.num_drawn = 0
        self.most_under_way = 0
        self.num_cancelled = 0
        self._num_under_way = 0
        self._num_pages = num_pages
        self.ends: dict[int, asyncio.Future[int]] = {}
        self.flow: Flow[int, int] = Flow(self._draw, self._work, FlowLimits(at_once, look_ahead), ordered=ordered)

    async def _draw(self) -> int | None:
        if self.num_drawn == self._num_pages:
            return None
        self.num_drawn += 1
        return self.num_drawn - 1

    async def _work(self, page: int, ticket: int, emit: Emit) -> int:
        assert page == ticket
        self._num_under_way += 1
        self.most_under_way = max(self.most_under_way, self._num_under_way)
        self.ends[page] = asyncio.get_running_loop().create_future()
        try:
            return await self.ends[page]
        except asyncio.CancelledError:
            self.num_cancelled += 1
            raise
        finally:
            self._num_under_way -= 1

    async def end(self, *pages: int) -> None:
        """These pages end, and whatever follows from it happens."""
        for page in pages:
            self.ends[page].set_result(page)
        await settled()


async def settled() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_pages_come_in_order_whichever_ends_first() -> None:
    scene = Scene(3)
    await settled()
    await scene.end(2, 1)
    batch = asyncio.create_task(scene.flow.batch())
    await settled()
    assert not batch.done()
    await scene.end(0)
    assert await batch == [0, 1, 2]
    assert await scene.flow.batch() == []
    await scene.flow.close()


async def test_pages_come_as_they_end_where_no_order_is_wanted() -> None:
    scene = Scene(4, ordered=False)
    await settled()
    await scene.end(2)
    assert await scene.flow.batch() == [2]
    await settled()
    await scene.end(3, 0)
    assert await scene.flow.batch() == [0, 3]
    await scene.end(1)
    assert await scene.flow.batch() == [1]
    assert await scene.flow.batch() == []
    await scene.flow.close()


async def test_a_slow_page_lets_others_go_on_up_to_the_look_ahead() -> None:
    scene = Scene(100, at_once=3, look_ahead=8)
    await settled()
    for page in range(1, 8):
        await scene.end(page)
    assert scene.num_drawn == 8
    assert scene.most_under_way == 3
    await scene.end(0)
    assert await scene.flow.batch() == list(range(8))
    await scene.flow.close()


async def test_nothing_new_is_begun_while_nobody_takes_what_is_done() -> None:
    scene = Scene(100, at_once=3, look_ahead=50)
    await settled()
    await scene.end(0, 1, 2)
    assert scene.num_drawn == 3
    assert await scene.flow.batch() == [0, 1, 2]
    await settled()
    assert scene.num_drawn == 6
    await scene.flow.close()


async def test_an_error_comes_in_its_place_behind_what_was_there_before() -> None:
    scene = Scene(3)
    await settled()
    scene.ends[1].set_exception(OSError("gone"))
    await scene.end(0, 2)
    assert await scene.flow.batch() == [0]
    with pytest.raises(OSError, match="gone"):
        await scene.flow.batch()
    await scene.flow.close()


async def test_what_drawing_raises_comes_behind_all_pages_that_were_drawn() -> None:
    async def draw() -> int:
        nonlocal number
        number += 1
        if number == 3:
            raise OSError("no more")
        return number

    async def work(page: int, ticket: int, emit: Emit) -> int:
        return page

    number = 0
    flow: Flow[int, int] = Flow(draw, work, FlowLimits(5, 5))
    found = await flow.batch()
    assert found == [1, 2]
    with pytest.raises(OSError, match="no more"):
        await flow.batch()
    await flow.close()


async def test_closing_breaks_off_what_is_under_way() -> None:
    scene = Scene(100)
    await settled()
    await scene.flow.close()
    assert scene.num_cancelled == 3
    assert len(asyncio.all_tasks()) == 1


async def test_what_is_emitted_comes_before_the_page_and_in_the_order_of_pages() -> None:
    async def draw() -> int | None:
        return next(pages, None)

    async def work(page: int, ticket: int, emit: Emit) -> int:
        emit(page * 10)
        await go.wait()
        emit(page * 10 + 1)
        return page

    pages, go = iter(range(1, 4)), asyncio.Event()
    flow: Flow[int, int] = Flow(draw, work, FlowLimits(5, 5))
    assert await flow.batch() == [10]
    go.set()
    found: list[int] = []
    while items := await flow.batch():
        found += items
    assert found == [11, 1, 20, 21, 2, 30, 31, 3]
    await flow.close()


@given(
    ends=st.lists(st.integers(0, 5), max_size=40),
    at_once=st.integers(1, 6),
    look_ahead=st.integers(1, 20),
    ordered=st.booleans(),
)
def test_every_page_comes_once_however_long_each_takes(
    ends: list[int], at_once: int, look_ahead: int, ordered: bool
) -> None:
    async def all_items() -> list[int]:
        pages = iter(range(len(ends)))

        async def draw() -> int | None:
            return next(pages, None)

        async def work(page: int, ticket: int, emit: Emit) -> int:
            for _ in range(ends[page]):
                await asyncio.sleep(0)
            return page

        flow: Flow[int, int] = Flow(draw, work, FlowLimits(at_once, look_ahead), ordered=ordered)
        found: list[int] = []
        while items := await flow.batch():
            found += items
        await flow.close()
        return found

    found = asyncio.run(all_items())
    assert sorted(found) == list(range(len(ends)))
    assert not ordered or found == sorted(found)
