"""Work in threads of an engine's own, awaited from any event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TypeVar

from model_runtime.errors import EngineUnavailable

T = TypeVar("T")


async def awaited(work: Future[T], engine: str) -> T:
    """What comes of the work. Cancelling cancels it.

    Raises: EngineUnavailable where the work was cancelled, as closing the engine does, and the caller was not.
    """
    there = asyncio.wrap_future(work)
    try:
        await asyncio.wait((there,))  # ends without a word when the work is cancelled, so that it is told who was
    except asyncio.CancelledError:
        there.add_done_callback(_passed_over)
        there.cancel()
        raise
    if there.cancelled():
        raise closed_in_mid_run(engine)
    return there.result()


def _passed_over(there: asyncio.Future[T]) -> None:
    """An error that nobody waits for any more is no news."""
    if not there.cancelled():
        there.exception()


def closed_in_mid_run(engine: str) -> EngineUnavailable:
    return EngineUnavailable(f"the {engine} engine was closed while pages were in flight")
