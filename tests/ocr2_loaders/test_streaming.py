"""Streams of results, consumed from an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing
from contextvars import ContextVar

import pytest

from ocr2_loaders.streaming import iterated_in_thread
from tests.support.patience import patient


class Recorder:
    """Counts up, and notes in which thread each thing happened."""

    def __init__(self, stop: int) -> None:
        self.stop = stop
        self.advanced = 0
        self.threads: set[int] = set()
        self.closed = threading.Event()

    def items(self) -> Iterator[int]:
        try:
            for number in range(self.stop):
                self.threads.add(threading.get_ident())
                self.advanced += 1
                yield number
        finally:
            self.threads.add(threading.get_ident())
            self.closed.set()


async def test_items_come_in_order_from_one_thread_that_is_not_the_loops() -> None:
    recorder = Recorder(50)
    assert [item async for item in iterated_in_thread(recorder.items)] == list(range(50))
    assert len(recorder.threads) == 1
    assert threading.get_ident() not in recorder.threads


async def test_the_event_loop_turns_while_a_step_is_under_way() -> None:
    turned = threading.Event()

    def waits_for_the_loop() -> Iterator[bool]:
        yield turned.wait(timeout=patient(30))

    asyncio.get_running_loop().call_soon(turned.set)
    assert [item async for item in iterated_in_thread(waits_for_the_loop)] == [True]


async def test_what_the_iterator_raises_is_raised_after_the_items_before_it() -> None:
    def breaks() -> Iterator[int]:
        yield 1
        raise LookupError("no second item")

    items = iterated_in_thread(breaks)
    assert await anext(items) == 1
    with pytest.raises(LookupError, match="no second item"):
        await anext(items)


async def test_an_iterator_that_cannot_be_made_raises_at_the_first_item() -> None:
    def cannot() -> Iterator[int]:
        raise ValueError("nothing to iterate")

    with pytest.raises(ValueError, match="nothing to iterate"):
        await anext(iterated_in_thread(cannot))


async def test_a_slow_consumer_holds_the_iterator_back() -> None:
    recorder = Recorder(100)
    async with aclosing(iterated_in_thread(recorder.items)) as items:
        await anext(items)
        await asyncio.sleep(0)
        assert recorder.advanced == 1


async def test_stopping_early_closes_the_iterator_in_its_own_thread() -> None:
    recorder = Recorder(100)
    async with aclosing(iterated_in_thread(recorder.items)) as items:
        async for item in items:
            if item == 3:
                break
    assert recorder.closed.is_set()
    assert recorder.advanced == 4
    assert len(recorder.threads) == 1


async def test_cancelling_finishes_the_step_under_way_and_closes_the_iterator() -> None:
    stepping, proceed, closed = threading.Event(), threading.Event(), threading.Event()

    def waits() -> Iterator[int]:
        try:
            stepping.set()
            proceed.wait(timeout=patient(30))
            yield 1
        finally:
            closed.set()

    task = asyncio.create_task(anext(iterated_in_thread(waits)))
    await asyncio.to_thread(stepping.wait, 30)
    task.cancel()
    proceed.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed.is_set()


async def test_a_second_cancellation_does_not_wait_for_the_step_under_way() -> None:
    stepping, proceed = threading.Event(), threading.Event()

    def waits() -> Iterator[int]:
        stepping.set()
        proceed.wait(timeout=patient(30))
        yield 1

    task = asyncio.create_task(anext(iterated_in_thread(waits)))
    await asyncio.to_thread(stepping.wait, 30)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not proceed.is_set()
    proceed.set()


async def test_no_thread_is_left_behind() -> None:
    recorder = Recorder(3)
    _ = [item async for item in iterated_in_thread(recorder.items)]
    (used,) = recorder.threads
    ours = [thread for thread in threading.enumerate() if thread.ident == used]
    for thread in ours:
        await asyncio.to_thread(thread.join, 30)
    assert not any(thread.is_alive() for thread in ours)


async def test_context_variables_of_the_consumer_are_seen_by_the_iterator() -> None:
    request: ContextVar[str] = ContextVar("request")
    request.set("r-1")

    def tells() -> Iterator[str]:
        yield request.get()

    assert [item async for item in iterated_in_thread(tells)] == ["r-1"]


async def test_an_iterator_without_a_close_method_is_fine() -> None:
    async with aclosing(iterated_in_thread(lambda: iter([1, 2, 3]))) as items:
        assert await anext(items) == 1
