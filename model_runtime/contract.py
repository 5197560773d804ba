"""What every engine agrees to: page requests in, transcripts out, one for one and in order."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from model_runtime.errors import EngineError
from model_runtime.text_layer import TextLayer
from model_runtime.vocabulary import Prompt


class FinishReason(StrEnum):
    """Why an engine stopped writing a transcript. Only `STOP` means that the page is whole."""

    STOP = "stop"
    """It wrote the end of the page."""
    LENGTH = "length"
    """It ran out of tokens."""
    REPETITION = "repetition"
    """It went in circles and was stopped."""
    ABORT = "abort"
    """It was broken off from outside."""
    ERROR = "error"
    """It failed; the transcript's `error` says why."""


@dataclass(frozen=True, slots=True, eq=False)
class PageRequest:
    """One page for an engine.

    `pixels` has shape (height, width, 3), dtype uint8, RGB, upright. They may lie in memory that is used again once
    nothing refers to the array. `page_index` counts from 0 in the source. `width_pt` and `height_pt` are the page's
    size in points. `text_layer` is None for images, and for engines that do not ask for it.
    """

    page_index: int
    pixels: NDArray[np.uint8]
    width_pt: float
    height_pt: float
    text_layer: TextLayer | None = None
    prompt: Prompt = Prompt.GROUNDED
    tight_guard: bool = False
    """Whether the engine's guard against repetition should be stricter than its settings say; not all have one."""
    max_crops: int | None = None
    """The most crops that the model may be shown of the page, besides the whole; None leaves it to the engine. Engines
    whose server cuts the page send a smaller picture; those without crops pass over it."""

    def pixels_sha256(self) -> str:
        """Hex digest over the picture's size and pixels: equal pictures have equal digests on every machine."""
        height, width, _ = self.pixels.shape
        digest = hashlib.sha256(f"{width}x{height}:".encode())
        digest.update(np.ascontiguousarray(self.pixels).data)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine wrote for one page, in the model's grounded markup.

    Exactly one comes back for every request, in the order of the requests. A page that failed carries its `error`, the
    finish reason `ERROR`, and in `text` whatever was written before.
    """

    page_index: int
    text: str
    finish_reason: FinishReason = FinishReason.STOP
    error: EngineError | None = None
    notes: tuple[str, ...] = ()
    """What the engine says of its own work on this page, one plain sentence each."""
    logprobs: tuple[float, ...] | None = None
    """The natural logarithm of the probability of each token written, in order; None where the engine tells none."""
    token_ends: tuple[int, ...] | None = None
    """For each of the `logprobs`, the offset in `text`, in characters, at which its token ends; never falling. None
    where that is not known."""

    @property
    def confidence(self) -> float | None:
        """The geometric mean of the tokens' probabilities, 0..1; None where the engine tells none."""
        return _confidence(self.logprobs or ())

    def confidence_between(self, start: int, end: int) -> float | None:
        """The same of the tokens that wrote the characters from `start` up to `end`; None where that is not known."""
        if self.logprobs is None or self.token_ends is None:
            return None
        first = bisect_right(self.token_ends, start)
        last = bisect_left(self.token_ends, end, first) + 1
        return _confidence(self.logprobs[first:last])

    @classmethod
    def failed(cls, page_index: int, error: EngineError, text: str = "") -> Self:
        """The transcript of a page that failed, with whatever was written before."""
        return cls(page_index, text, FinishReason.ERROR, error)


def _confidence(logprobs: Sequence[float]) -> float | None:
    return math.exp(math.fsum(logprobs) / len(logprobs)) if logprobs else None


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """Who wrote a transcript. Equal identities write equal transcripts for equal requests."""

    engine: str
    """The engine's name in the registry."""
    version: str
    """Of the packages that decide what it writes."""
    model: str
    """The weights it runs, or what stands in for them."""
    is_repeatable: bool = True
    """Whether all this is true; if not, nothing that the engine writes is kept for later."""


@runtime_checkable
class Runtime(Protocol):
    """Turns page requests into transcripts. A context manager; closing it twice is harmless."""

    @property
    def identity(self) -> EngineIdentity:
        """Who writes the transcripts. Raises: EngineUnavailable where that has to be asked and nobody answers."""
        ...

    @property
    def reads_text_layer(self) -> bool:
        """Whether requests should carry the PDF's text layer."""
        ...

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        """One transcript for each request, in order, drawing a bounded number of requests ahead.

        A page that fails yields `Transcript.failed`; only what ends the whole run raises an `EngineError`.
        Closing the iterator early stops the work in flight. Several iterators may be open at once, in several threads;
        an engine that can serve but one lets the others wait. A thread that has one open and is not advancing it may
        open a second one, to read a page again, and is served.
        """
        ...

    def close(self) -> None:
        """Give back everything that is held; work in flight is stopped."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...


@runtime_checkable
class StreamingRuntime(Runtime, Protocol):
    """A runtime that also hands out what it writes while it is writing."""

    def stream(self, requests: Iterable[PageRequest]) -> Iterator[str | Transcript]:
        """For each request, in order: the pieces of its text as they are written, then its transcript.

        The pieces of a page, joined, are its transcript's text. Pages come one after the other; for the rest, this
        keeps the promises of `transcribe`.
        """
        ...


@runtime_checkable
class SteadyRuntime(Runtime, Protocol):
    """A runtime that may know that reading a page once more gives nothing new. Those without the property do not."""

    @property
    def reads_again(self) -> bool:
        """Whether a page may come out otherwise with the other prompt, a tighter guard, or in halves."""
        ...


def reads_again(runtime: Runtime) -> bool:
    """Whether it may help to have a page read again by the same runtime, in another way."""
    return not isinstance(runtime, SteadyRuntime) or runtime.reads_again
