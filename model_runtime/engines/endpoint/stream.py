"""An answer while it is being written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from model_runtime.engines.endpoint.answer import Answer, Logprobs, TokenLogprob, Usage, answer_from, whole_answer
from model_runtime.engines.endpoint.diagnosis import broken_off, one_line
from model_runtime.engines.endpoint.event_stream import EndlessLine, EventStream
from model_runtime.engines.endpoint.fault import Fault, FaultKind
from model_runtime.engines.endpoint.telling import Telling

_EVENTS = "text/event-stream"
_DONE = b"[DONE]"
_TAIL_S = 1.0
"""After it, for the end of the body: only behind that can the connection be used again."""


class _Delta(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    delta: _Delta | None = None
    finish_reason: str | None = None
    logprobs: Logprobs | None = None


class _Chunk(BaseModel):
    choices: list[_Choice] | None = None
    usage: Usage | None = None
    error: Any = None


class StreamedAnswer:
    """Gathers the pieces of one answer; whatever ends it, `text` is what had come by then.

    The body's lines are read here: the client would take ten times as long over each as there is to do.
    """

    def __init__(self, url: str, telling: Telling) -> None:
        self._url = url
        self._telling = telling
        self._pieces: list[str] = []
        self._tokens: list[TokenLogprob] = []
        self._finish_reason: str | None = None
        self._num_prompt_tokens: int | None = None

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    async def gathered(self, response: httpx.Response) -> Answer:
        """Raises: Fault when the stream ends without a finish reason that means a page."""
        if not response.headers.get("content-type", "").startswith(_EVENTS):
            return self._at_once(await response.aread())
        body: Any = response.aiter_bytes()  # a generator, whatever it is declared to be
        async with aclosing(body):  # which no fault leaves to the garbage collector
            await self._read(body)
        answer = whole_answer(self.text, self._finish_reason, self._tokens, self._url)
        return replace(answer, num_prompt_tokens=self._num_prompt_tokens)

    def _at_once(self, body: bytes) -> Answer:
        """From servers that do not stream."""
        try:
            answer = answer_from(body, self._url)
        except Fault as fault:
            self._telling.add(fault.text)
            raise
        self._telling.add(answer.text)
        return answer

    async def _read(self, pieces: AsyncIterator[bytes]) -> None:
        """Up to the end of the body, or a while beyond the words that say that it is there."""
        events, is_done = EventStream(), False
        try:
            async with asyncio.timeout(None) as limit:
                async for piece in pieces:
                    for data in events.events(piece):
                        if data == _DONE:
                            is_done = True
                            limit.reschedule(asyncio.get_running_loop().time() + _TAIL_S)
                        else:
                            self._take(data)
        except EndlessLine as error:
            raise self._garbled(str(error)) from None
        except (TimeoutError, httpx.HTTPError):
            if not is_done:
                raise

    def _take(self, data: bytes) -> None:
        try:
            chunk = _Chunk.model_validate_json(data)
        except ValidationError:
            seen = one_line(data[:60].decode("utf-8", "replace"))
            raise self._garbled(repr(seen)) from None
        if chunk.error:
            raise broken_off(chunk.error, self._url)
        if chunk.usage is not None:
            self._num_prompt_tokens = chunk.usage.prompt_tokens
        for choice in (chunk.choices or ())[:1]:
            self._add(choice)

    def _garbled(self, seen: str) -> Fault:
        return Fault(FaultKind.GARBLED, f"a piece of the answer of {self._url} cannot be read: {seen}")

    def _add(self, choice: _Choice) -> None:
        self._finish_reason = choice.finish_reason or self._finish_reason
        if choice.logprobs:
            self._tokens += choice.logprobs.content or ()
        if choice.delta and choice.delta.content:
            self._pieces.append(choice.delta.content)
            self._telling.add(choice.delta.content)
