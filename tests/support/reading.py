"""Pages read through an engine as its callers do it: many at once, begun in order, handed out in order."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncGenerator, Coroutine, Iterable, Iterator
from itertools import islice
from typing import Any

from model_runtime.contract import Engine, PageRequest, Transcript
from model_runtime.errors import EngineError

Outcome = Transcript | EngineError
"""What became of one page: an `EngineError` is one that `read` raised."""


async def readings(
    engine: Engine, requests: Iterable[PageRequest], in_flight: int | None = None
) -> AsyncGenerator[Outcome, None]:
    """The outcome of each page, in order; at most `in_flight` are asked for at a time, None for all at once.

    After an `EngineError` no further page is drawn, and those under way come to their end. What is under way when the
    iterator is closed is cancelled.
    """
    left, limit = iter(requests), in_flight or sys.maxsize
    in_order = deque[asyncio.Task[Outcome]]()
    under_way = set[asyncio.Task[Outcome]]()
    try:
        while True:
            begun = _begun(engine, left, limit - len(under_way))
            in_order.extend(begun)
            under_way.update(begun)
            if not in_order:
                return
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            if any(isinstance(task.result(), EngineError) for task in done):
                left = iter(())
            while in_order and in_order[0].done():
                yield in_order.popleft().result()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def _begun(engine: Engine, left: Iterator[PageRequest], most: int) -> list[asyncio.Task[Outcome]]:
    """Asked for at once, so that nothing here keeps a page's pixels."""
    return [asyncio.create_task(_outcome(engine.read(request))) for request in islice(left, most)]


async def _outcome(reading: Coroutine[Any, Any, Transcript]) -> Outcome:
    try:
        return await reading
    except EngineError as error:
        return error


def read_all(engine: Engine, requests: Iterable[PageRequest], in_flight: int | None = None) -> list[Outcome]:
    """What came of each request that was drawn, in their order; see `readings`."""

    async def all_of_them() -> list[Outcome]:
        return [outcome async for outcome in readings(engine, requests, in_flight)]

    return asyncio.run(all_of_them())


def transcripts_of(engine: Engine, requests: Iterable[PageRequest], in_flight: int | None = None) -> list[Transcript]:
    """The same where every page has a transcript. Raises: the first EngineError, after every page has ended."""
    outcomes = read_all(engine, requests, in_flight)
    for outcome in outcomes:
        if isinstance(outcome, EngineError):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Transcript)]


def read_aloud(engine: Engine, request: PageRequest) -> tuple[list[str | None], Transcript]:
    """One page with all that was told while it was written."""
    told: list[str | None] = []
    transcript = asyncio.run(_read(engine, request, told))
    return told, transcript


async def _read(engine: Engine, request: PageRequest, told: list[str | None]) -> Transcript:
    return await engine.read(request, told.append)


def words_of(told: list[str | None]) -> str:
    """What counts of what was told: all that came after the page was begun anew for the last time."""
    begun = len(told) - told[::-1].index(None) if None in told else 0
    return "".join(piece for piece in told[begun:] if piece is not None)
