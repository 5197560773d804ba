"""Blocks as soon as they are written, long before the page they are on is whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import chain

from model_runtime.contract import EngineIdentity, PageRequest, Runtime, StreamingRuntime, Transcript, reads_again
from model_runtime.grounding import GroundedSpan, GroundingParser
from ocr2_loaders.blocks import Block, blocks_from


class LiveBlocks(AbstractContextManager["LiveBlocks"]):
    """A `Runtime` that tells of each block as soon as `runtime` has written it; give it to `load` as the engine.

    Of a runtime that does not stream, the blocks of a page are told when the page is there. What is asked while pages
    are under way is a second reading of one of them, of which nothing is told: its page's result has the last word.
    A runtime knows pictures and no files, so a told block's id stands for the picture; the ids to keep are those of the
    result's blocks.
    """

    def __init__(self, runtime: Runtime, tell: Callable[[Block], None]) -> None:
        self._runtime = runtime
        self._tell = tell
        self._is_telling = False

    @property
    def identity(self) -> EngineIdentity:
        return self._runtime.identity

    @property
    def reads_text_layer(self) -> bool:
        return self._runtime.reads_text_layer

    @property
    def reads_again(self) -> bool:
        return reads_again(self._runtime)

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        if self._is_telling:
            yield from self._runtime.transcribe(requests)
            return
        self._is_telling = True
        try:
            yield from self._telling(requests)
        finally:
            self._is_telling = False

    def close(self) -> None:
        self._runtime.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _telling(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        drawn: deque[PageRequest] = deque()
        events = _events(self._runtime, _noting(requests, drawn))
        for first in events:
            page = _PageUnderWay(chain([first], events))
            request = drawn.popleft()
            picture = request.pixels_sha256()
            for block in blocks_from(page.spans(), page_index=request.page_index, file_sha256=picture):
                self._tell(block)
            yield page.transcript


class _PageUnderWay:
    """The events of one page, up to its transcript."""

    transcript: Transcript

    def __init__(self, events: Iterator[str | Transcript]) -> None:
        self._events = events

    def spans(self) -> Iterator[GroundedSpan]:
        """Each span as soon as it is complete; the transcript is there when they are at their end."""
        parser = GroundingParser()
        for event in self._events:
            if isinstance(event, Transcript):
                self.transcript = event
                break
            yield from parser.feed(event)
        yield from parser.close()


def _events(runtime: Runtime, requests: Iterable[PageRequest]) -> Iterator[str | Transcript]:
    if isinstance(runtime, StreamingRuntime):
        yield from runtime.stream(requests)
        return
    for transcript in runtime.transcribe(requests):
        yield transcript.text
        yield transcript


def _noting(requests: Iterable[PageRequest], drawn: deque[PageRequest]) -> Iterator[PageRequest]:
    for request in requests:
        drawn.append(request)
        yield request
