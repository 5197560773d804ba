"""What every engine agrees to: it reads one page at a time, or many at once, each by itself."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
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
    is_again: bool = False
    """Whether the page was read before, and is read now in another way."""

    def pixels_sha256(self) -> str:
        """Hex digest over the picture's size and pixels: equal pictures have equal digests on every machine."""
        height, width, _ = self.pixels.shape
        digest = hashlib.sha256(f"{width}x{height}:".encode())
        digest.update(np.ascontiguousarray(self.pixels).data)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine wrote for one page, in the model's grounded markup.

    A page that failed carries its `error`, the finish reason `ERROR`, and in `text` whatever was written before.
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


Tell = Callable[[str | None], None]
"""Hears what is written of a page while it is written: each piece in its order, and None where the engine begins the
page anew and what came before does not count. Called from any thread, for one page by one thread at a time."""


@runtime_checkable
class Engine(Protocol):
    """Reads pages, each by itself. A context manager; closing it twice is harmless.

    It belongs to no event loop: pages may be read from several at a time, and from others later on.
    """

    @property
    def identity(self) -> EngineIdentity:
        """Who writes the transcripts. Raises: EngineUnavailable where that has to be asked and nobody answers."""
        ...

    @property
    def reads_text_layer(self) -> bool:
        """Whether requests should carry the PDF's text layer."""
        ...

    @property
    def reads_again(self) -> bool:
        """Whether a page may come out otherwise with the other prompt, a tighter guard, or in halves."""
        ...

    @property
    def capacity(self) -> int:
        """How many pages it works on at once, 1 or more. Those that are asked for beyond that wait, in their order."""
        ...

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        """Write the transcript of one page; its pixels are let go of as soon as the engine has what it needs of them.

        With `tell`, an engine that can hands out what it writes while it writes; the pieces, joined, are the
        transcript's text. Cancelling stops the work on this page and on no other one.
        A page that fails is a `Transcript.failed`. Raises: EngineError only for what fails every page that follows.
        """
        ...

    def close(self) -> None:
        """Give back everything that is held; work in flight is stopped. It may take a while: from an event loop, call
        it in a thread.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...
