"""Work of other threads, awaited in an event loop."""

from __future__ import annotations

import asyncio
import gc
import logging
from concurrent.futures import Future

import pytest

from model_runtime.engines.in_flight import awaited
from model_runtime.errors import EngineUnavailable, PageRejected


def test_what_the_work_brings_is_returned_and_what_it_raises_is_raised() -> None:
    done, failed = Future[int](), Future[int]()
    done.set_result(7)
    failed.set_exception(PageRejected("too long"))
    assert asyncio.run(awaited(done, "test")) == 7
    with pytest.raises(PageRejected, match="too long"):
        asyncio.run(awaited(failed, "test"))


def test_work_that_was_cancelled_elsewhere_means_that_the_engine_was_closed() -> None:
    async def scene() -> None:
        work = Future[int]()
        waiting = asyncio.create_task(awaited(work, "test"))
        await asyncio.sleep(0)
        work.cancel()
        await waiting

    with pytest.raises(EngineUnavailable, match="the test engine was closed while pages were in flight"):
        asyncio.run(scene())


def test_cancelling_who_waits_cancels_the_work() -> None:
    async def scene() -> Future[int]:
        work = Future[int]()
        waiting = asyncio.create_task(awaited(work, "test"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.sleep(0)
        return work

    assert asyncio.run(scene()).cancelled()


def test_an_error_that_nobody_waits_for_any_more_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        work = Future[int]()
        waiting = asyncio.create_task(awaited(work, "test"))
        await asyncio.sleep(0)
        work.set_exception(PageRejected("too long"))
        await asyncio.sleep(0)  # it has been told, and is cancelled before it can say so
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
        gc.collect()
    assert not caplog.records
