"""What is done to pages in threads before they are sent."""

from __future__ import annotations

import asyncio
import weakref
from threading import Event

import pytest

from model_runtime.contract import PageRequest
from model_runtime.engines.preparation import Preparation
from tests.support.openai_server.pages import numbered_page
from tests.support.waiting import wait_until


def test_pages_are_handed_on_in_the_order_in_which_they_were_begun() -> None:
    """The first takes longest."""
    others = Event()

    def prepared(page: PageRequest) -> int:
        if page.page_index == 0:
            others.wait()
        if page.page_index == 3:
            others.set()
        return page.page_index

    async def scene() -> list[int]:
        order: list[int] = []

        async def one(number: int) -> None:
            order.append(await preparation.ended(preparation.begun(numbered_page(number))))

        await asyncio.gather(*(one(number) for number in range(4)))
        return order

    preparation = Preparation("test", prepared)
    assert asyncio.run(scene()) == [0, 1, 2, 3]
    preparation.close()


def test_what_preparing_raises_is_that_pages_own() -> None:
    def prepared(page: PageRequest) -> int:
        if page.page_index == 0:
            raise ValueError("no picture")
        return page.page_index

    async def scene() -> list[object]:
        begun = [preparation.begun(numbered_page(number)) for number in range(2)]
        return await asyncio.gather(*map(preparation.ended, begun), return_exceptions=True)

    preparation = Preparation("test", prepared)
    failed, second = asyncio.run(scene())
    assert isinstance(failed, ValueError)
    assert second == 1
    preparation.close()


def test_a_page_that_is_cancelled_lets_the_next_one_through() -> None:
    go = Event()

    def prepared(page: PageRequest) -> int:
        go.wait()
        return page.page_index

    async def scene() -> int:
        first, second = (asyncio.create_task(preparation.ended(begun)) for begun in pages)
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        go.set()
        return await second

    preparation = Preparation("test", prepared)
    pages = [preparation.begun(numbered_page(number)) for number in range(2)]
    assert asyncio.run(scene()) == 1
    preparation.close()


def test_the_pixels_are_let_go_of_once_a_page_is_prepared() -> None:
    page = numbered_page(0)
    pixels = weakref.ref(page.pixels)
    preparation = Preparation("test", lambda request: request.page_index)
    begun = preparation.begun(page)
    del page
    wait_until(lambda: pixels() is None)
    assert begun.result() == 0
    preparation.close()
