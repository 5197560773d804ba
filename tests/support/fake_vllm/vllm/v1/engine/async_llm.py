"""The asynchronous engine: it writes what the page's first pixels say, in the order that suits it.

The red of the first pixel names the `Fate` of a page, the green is how many letters it has; a slow one waits for
`release`, and a halting one does so behind its first letters. Everything that was asked of it is noted on the class,
because the engine under test makes its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import replace
from enum import IntEnum
from typing import Any, ClassVar

from vllm import AsyncEngineArgs, SamplingParams
from vllm.exceptions import VLLMValidationError
from vllm.logprobs import FlatLogprobs
from vllm.lora.request import LoRARequest
from vllm.outputs import CompletionOutput, RequestOutput
from vllm.sampling_params import RequestOutputKind
from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError

LOGPROB = -0.25


class Fate(IntEnum):
    """What becomes of a page."""

    STOP = 0
    LENGTH = 1
    ABORT = 2
    REPETITION = 3
    ERROR = 4
    DEATH_AT_ONCE = 5
    DEATH_IN_THE_MIDDLE = 6
    REFUSED = 7
    FAILED = 8
    SLOW = 9
    HALTING = 10


class AsyncLLM:
    """`generate`, `abort` and `shutdown` as upstream's; `start_failures` of the next starts fail as upstream's do."""

    started: ClassVar[list[AsyncLLM]] = []
    start_failures: ClassVar[int] = 0
    deaths: ClassVar[int | None] = None
    """How many times it dies before pages that would kill it are written instead; None for always."""
    release: ClassVar[threading.Event] = threading.Event()

    def __init__(self, engine_args: AsyncEngineArgs) -> None:
        self.engine_args = engine_args
        self.prompts: list[Mapping[str, Any]] = []
        self.params: list[SamplingParams] = []
        self.loras: list[LoRARequest | None] = []
        self.request_ids: list[str] = []
        self.aborted: list[str] = []
        self.under_way = 0
        self.most_under_way = 0
        self.shut_down_after: float | None = None
        self._is_dead = False

    @classmethod
    def reset(cls) -> None:
        cls.started, cls.start_failures, cls.deaths = [], 0, None
        cls.release = threading.Event()

    @classmethod
    def from_engine_args(cls, engine_args: AsyncEngineArgs) -> AsyncLLM:
        engine = cls(engine_args)
        cls.started.append(engine)
        if cls.start_failures:
            cls.start_failures -= 1
            raise RuntimeError("Engine core initialization failed. See root cause above. Failed core proc(s): {}")
        return engine

    async def generate(
        self,
        prompt: Mapping[str, Any],
        sampling_params: SamplingParams,
        request_id: str,
        *,
        lora_request: LoRARequest | None = None,
        priority: int = 0,
    ) -> AsyncGenerator[RequestOutput, None]:
        if self._is_dead:
            raise EngineDeadError
        self._note(prompt, sampling_params, request_id, lora_request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            red, length = (int(level) for level in prompt["multi_modal_data"]["image"][0, 0, :2])
            async for output in self._written(Fate(red), length, sampling_params, request_id):
                yield output
        except (asyncio.CancelledError, GeneratorExit):
            await self.abort(request_id, internal=True)
            raise
        finally:
            self.under_way -= 1

    async def abort(self, request_id: str | Iterable[str], internal: bool = False) -> None:
        self.aborted += [request_id] if isinstance(request_id, str) else request_id

    def shutdown(self, timeout: float | None = None) -> None:
        self.shut_down_after = timeout
        self._is_dead = True

    def _note(self, prompt: Mapping[str, Any], params: SamplingParams, name: str, lora: LoRARequest | None) -> None:
        self.prompts.append(prompt)
        self.params.append(params)
        self.request_ids.append(name)
        self.loras.append(lora)

    async def _written(
        self, fate: Fate, length: int, params: SamplingParams, name: str
    ) -> AsyncGenerator[RequestOutput, None]:
        if fate is Fate.REFUSED:
            raise VLLMValidationError("The decoder prompt is longer than the maximum model length")
        if fate is Fate.FAILED:
            raise EngineGenerateError from OSError("a truncated image")
        text = "".join(chr(ord("a") + place % 26) for place in range(length))[: params.max_tokens]
        reason = "length" if len(text) < length else fate.name.lower() if fate <= Fate.ERROR else "stop"
        whole = params.output_kind is RequestOutputKind.FINAL_ONLY
        pieces = [text] if whole else [text[at : at + 2] for at in range(0, len(text), 2)]
        self._die_if(fate is Fate.DEATH_AT_ONCE)
        await asyncio.sleep(0.001 * (100 - length))  # the longest first, so that no order is right by chance
        if fate is Fate.SLOW:
            await self._released()
        for number, piece in enumerate(pieces, 1):
            self._die_if(self._is_dead)
            is_last = number == len(pieces) and (whole or fate is not Fate.ABORT)
            yield RequestOutput(name, [_completion(piece, params, reason if is_last else None)], is_last)
            self._die_if(fate is Fate.DEATH_IN_THE_MIDDLE)
            if fate is Fate.HALTING:
                await self._released()
            await asyncio.sleep(0)
        if fate is Fate.ABORT and not whole:
            yield RequestOutput(name, [_completion_without_tokens(text, params, reason)], True)

    async def _released(self) -> None:
        while not self.release.is_set():
            await asyncio.sleep(0.005)
            self._die_if(self._is_dead)

    def _die_if(self, deadly: bool) -> None:
        """With it, all that is under way."""
        if not deadly or (AsyncLLM.deaths == 0 and not self._is_dead):
            return
        if AsyncLLM.deaths and not self._is_dead:
            AsyncLLM.deaths -= 1
        self._is_dead = True
        raise EngineDeadError


def _completion(piece: str, params: SamplingParams, reason: str | None) -> CompletionOutput:
    logprobs = None
    if params.logprobs is not None:
        assert params.flat_logprobs
        logprobs = FlatLogprobs()
        for letter in piece:
            logprobs.append_fast([ord(letter)], [LOGPROB], [1], [letter])
    return CompletionOutput(0, piece, [ord(letter) for letter in piece], None, logprobs, reason)


def _completion_without_tokens(text: str, params: SamplingParams, reason: str) -> CompletionOutput:
    """The end of a page between two tokens, with the probabilities of all that came before, as up to 0.28."""
    return replace(_completion(text, params, reason), text="", token_ids=[])
