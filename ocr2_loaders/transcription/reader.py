"""An engine as one run uses it: no more pages at once than it takes, loops cut short, one deadline for each page."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from model_runtime.contract import Engine, EngineIdentity, FinishReason, PageRequest, Transcript
from model_runtime.errors import EngineError, EngineTimeout, EngineUnavailable
from model_runtime.loop_watch import LoopWatch
from ocr2_loaders.transcription.places import Places

if TYPE_CHECKING:
    from model_runtime.contract import Tell


@dataclass
class PageTurn:
    """A page's place in the order of pages, and the time that it has for all its readings together."""

    ticket: int
    limit_s: float | None = None
    tell: Tell | None = None
    """Hears what is written of the page the first time."""
    _ends_at: float | None = field(default=None, init=False)

    def left_s(self) -> float | None:
        """Counts from the moment when the page has its first place at an engine; 0 or less when it is over."""
        if self.limit_s is None:
            return None
        now = asyncio.get_running_loop().time()
        if self._ends_at is None:
            self._ends_at = now + self.limit_s
        return self._ends_at - now

    @property
    def is_over(self) -> bool:
        """Whether there is no time left for another reading."""
        return self._ends_at is not None and asyncio.get_running_loop().time() >= self._ends_at


class Reader:
    """Belongs to one event loop, and to one run."""

    def __init__(self, engine: Engine, identity: EngineIdentity) -> None:
        """`identity` is the engine's own, which may have had to be asked for."""
        self.engine = engine
        self.identity = identity
        self.over: EngineError | None = None
        """Why the engine reads no page any more."""
        self._places = Places(engine.capacity)

    async def read(self, request: PageRequest, turn: PageTurn) -> Transcript:
        """The transcript of one page, however the engine fares. What is written while a loop goes on, or up to the
        deadline, is its text.

        Raises: EngineError when the engine cannot read this page or any other.
        """
        page_index, tell = request.page_index, None if request.is_again else turn.tell
        async with self._places.place(turn.ticket):
            if self.over is not None:
                raise copy.copy(self.over)
            left_s = turn.left_s()
            ear = _Ear(tell)
            reading = asyncio.ensure_future(self.engine.read(request, ear))
            del request  # its pixels are the engine's to let go
            ear.when_it_loops = _from_any_thread(reading.cancel)
            ended_in_time = await _ended(reading, left_s)
        if not reading.cancelled():
            return self._result_of(reading)
        if ear.has_looped:
            return Transcript(page_index, ear.text, FinishReason.REPETITION)
        if not ended_in_time:
            return Transcript.failed(page_index, _too_late(page_index, turn), ear.text)
        raise EngineUnavailable("the engine was closed while pages were in flight")

    def _result_of(self, reading: asyncio.Future[Transcript]) -> Transcript:
        try:
            return reading.result()
        except EngineError as error:
            self.over = self.over or error
            raise


async def _ended(reading: asyncio.Future[Transcript], limit_s: float | None) -> bool:
    """Waits for the end of a reading; False where it had to be broken off because its time was over."""
    try:
        await asyncio.wait({reading}, timeout=limit_s)
        ended_in_time = reading.done()
    finally:
        if not reading.done():
            reading.cancel()
            await asyncio.wait({reading})
        if not reading.cancelled():
            reading.exception()  # is known now, whoever still asks
    return ended_in_time


def _too_late(page_index: int, turn: PageTurn) -> EngineTimeout:
    return EngineTimeout(
        f"the page took longer than {turn.limit_s:g} s", page_number=page_index + 1, hint="raise page_timeout_s"
    )


class _Ear:
    """Hears what an engine writes of one page, in whatever thread, and says when it is a loop."""

    def __init__(self, tell: Tell | None) -> None:
        self.has_looped = False
        self.when_it_loops: Callable[[], None] | None = None
        self._watch = LoopWatch()
        self._tell = tell

    @property
    def text(self) -> str:
        return self._watch.text

    def __call__(self, piece: str | None) -> None:
        if self._tell:
            self._tell(piece)
        if piece is None:
            self._watch.begin_anew()
        elif self._watch.add(piece) and not self.has_looped and self.when_it_loops:
            self.has_looped = True
            self.when_it_loops()


def _from_any_thread(call: Callable[[], object]) -> Callable[[], None]:
    loop = asyncio.get_running_loop()

    def called() -> None:
        loop.call_soon_threadsafe(call)

    return called
