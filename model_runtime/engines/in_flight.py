"""Pages at an engine that works in an event loop of its own: waited for in order, broken off when nobody waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager

from model_runtime.contract import Transcript
from model_runtime.errors import EngineUnavailable

InFlight = deque[Future[Transcript]]


@contextmanager
def pages_in_flight() -> Iterator[InFlight]:
    """Room for pages; what is still there at the end is cancelled."""
    in_flight: InFlight = deque()
    try:
        yield in_flight
    finally:
        for page in in_flight:
            page.cancel()


def first_result(in_flight: InFlight, engine: str) -> Transcript:
    """Waits for the page that came first. Raises: EngineUnavailable when the engine was closed meanwhile."""
    try:
        return in_flight.popleft().result()
    except CancelledError:
        raise closed_in_mid_run(engine) from None


def closed_in_mid_run(engine: str) -> EngineUnavailable:
    return EngineUnavailable(f"the {engine} engine was closed while pages were in flight")
