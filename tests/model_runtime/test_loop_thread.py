"""The event loop on a thread of its own."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import CancelledError
from threading import Event

import pytest

from model_runtime.loop_thread import LoopThread


def test_closing_cancels_what_still_runs_and_waits_for_its_end() -> None:
    begun, ended = Event(), Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    loop = LoopThread("test")
    future = loop.submit(work())
    begun.wait()
    loop.close()
    assert ended.is_set()
    with pytest.raises(CancelledError):
        future.result()


def test_work_that_tidies_up_is_not_cancelled_a_second_time() -> None:
    begun, tidied = Event(), Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.01)
            tidied.set()

    loop = LoopThread("test")
    future = loop.submit(work())
    begun.wait()
    future.cancel()
    loop.cancel_all()
    assert tidied.is_set()
    loop.close()


def test_connections_that_nobody_closed_are_closed_with_the_generators_that_hold_them() -> None:
    closed = Event()

    async def numbers():
        try:
            yield 1
        finally:
            closed.set()

    async def first() -> object:
        held.append(numbers())
        return await anext(held[0])

    held: list = []
    loop = LoopThread("test")
    assert loop.submit(first()).result() == 1
    loop.close()
    assert closed.is_set()
    held.clear()
    gc.collect()


def test_it_starts_again_after_its_end() -> None:
    async def answer() -> int:
        return 42

    loop = LoopThread("test")
    assert loop.submit(answer()).result() == 42
    loop.close()
    loop.close()
    assert loop.submit(answer()).result() == 42
    loop.close()


def test_threads_that_libraries_started_through_the_loop_end_with_it() -> None:
    async def work() -> threading.Thread:
        return await asyncio.to_thread(threading.current_thread)

    loop = LoopThread("test")
    worker = loop.submit(work()).result()
    loop.close()
    assert not worker.is_alive()
