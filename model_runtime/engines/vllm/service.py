"""vLLM's asynchronous engine, started when the first page comes and started smaller when its memory did not suffice."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from model_runtime.engines.vllm.page import PagePrompt
from model_runtime.engines.vllm.settings import VllmSettings
from model_runtime.engines.vllm.sizing import CardMemory, Sizing, sizings
from model_runtime.errors import EngineError, EngineUnavailable
from model_runtime.vllm_plugin.guard_arguments import arguments_of
from model_runtime.vllm_plugin.ngram_rule import NgramRule
from model_runtime.vllm_plugin.registration import is_off
from model_runtime.vllm_plugin.surface import ENGINE, SECOND_RUNNER, require, way_in

if TYPE_CHECKING:
    from vllm import SamplingParams
    from vllm.lora.request import LoRARequest
    from vllm.outputs import RequestOutput
    from vllm.v1.engine.async_llm import AsyncLLM

log = logging.getLogger(__name__)

_LONGEST_LOOP_OF_CELLS = 8
_COPIES_OF_CELLS = 300
"""More equal cells in a row than a page holds. The guard exempts cells' tags, so that only counting ends such loops."""

_TOKENS_A_PIECE = 32
"""Of a page that is told while it is written: a piece costs the same, whether it is one token or many."""

_SECONDS_TO_END = 20.0
"""Before vLLM kills its processes. After its own five, the engines of two cards still waited for their workers."""


class PageFailed(EngineError):
    """vLLM refused one page or failed at it, and goes on with the others."""


class VllmService:
    """Runs on one event loop; every coroutine is to be awaited there."""

    def __init__(self, folder: Path, settings: VllmSettings) -> None:
        self._folder = folder
        self._settings = settings
        self._attempts: Iterator[Sizing] | None = None
        self._engine: AsyncLLM | None = None
        self._starting = asyncio.Lock()

    async def outputs(
        self, page: PagePrompt, max_tokens: int, *, in_pieces: bool
    ) -> AsyncIterator[RequestOutput | None]:
        """The output of one page: as it grows, each with what is new, or once as a whole.

        A page whose engine died begins anew on a smaller one: None says that what came before does not count.
        Raises: EngineUnavailable when vLLM does not start, or dies at its smallest; PageFailed.
        """
        from vllm.v1.engine.exceptions import EngineDeadError

        guard = self._settings.guard_for(tight=page.tight_guard)
        while True:
            engine = await self._running()
            params = self._sampling(max_tokens, guard, in_pieces=in_pieces)
            try:
                async for output in engine.generate(page.prompt, params, uuid4().hex, lora_request=self._lora()):
                    yield output
            except EngineDeadError:
                await self._buried(engine)
                yield None
            except _page_failures() as error:
                raise PageFailed(
                    f"vLLM failed at the page: {error.__cause__ or error or type(error).__name__}"
                ) from error
            else:
                return

    async def close(self) -> None:
        if self._engine is not None:
            await self._buried(self._engine)

    async def _running(self) -> AsyncLLM:
        async with self._starting:
            if self._engine is None:
                self._engine = self._started()  # minutes, during which nothing else could run
            return self._engine

    async def _buried(self, engine: AsyncLLM) -> None:
        """Ends an engine and its processes; the next page starts another one."""
        async with self._starting:
            is_current = self._engine is engine
            if is_current:
                engine.shutdown(timeout=_SECONDS_TO_END)
                self._engine = None

    def _started(self) -> AsyncLLM:
        """The engine at the first sizing that works; sizings that failed once are not tried again."""
        if self._attempts is None:
            require(ENGINE)
            if not is_off():
                way_in()
            self._attempts = sizings(_card_memory(), self._settings.memory_share, self._settings.max_sequences)
        reason: RuntimeError | None = None
        for sizing in self._attempts:
            try:
                return _engine(self._folder, self._settings, sizing)
            except RuntimeError as error:  # what vLLM makes of every failure in its engine's process
                reason = error
                log.warning("vLLM did not start with %s; trying less", sizing)
        raise EngineUnavailable(
            f"vLLM does not run {self._folder}: {reason or 'its engine died at the smallest size'}",
            hint="its log above says why; where memory is short, lower max_sequences or memory_share",
        ) from reason

    def _sampling(self, max_tokens: int, guard: NgramRule | None, *, in_pieces: bool) -> SamplingParams:
        from vllm import SamplingParams
        from vllm.sampling_params import RepetitionDetectionParams, RequestOutputKind

        settings = self._settings
        return SamplingParams(
            temperature=0,
            max_tokens=min(max_tokens, settings.max_new_tokens or max_tokens),
            skip_special_tokens=False,
            spaces_between_special_tokens=False,
            logprobs=0 if settings.logprobs else None,
            flat_logprobs=settings.logprobs,
            repetition_detection=RepetitionDetectionParams(_LONGEST_LOOP_OF_CELLS, 1, _COPIES_OF_CELLS),
            extra_args=arguments_of(guard) if guard else None,
            output_kind=RequestOutputKind.DELTA if in_pieces else RequestOutputKind.FINAL_ONLY,
        )

    def _lora(self) -> LoRARequest | None:
        if self._settings.lora is None:
            return None
        from vllm.lora.request import LoRARequest

        return LoRARequest(self._settings.lora.name, 1, str(self._settings.lora))


def _page_failures() -> tuple[type[Exception], ...]:
    """What vLLM raises for one request alone, whether it was refused or went wrong.

    Up to 0.26 a refusal is a ValueError; later it is an error of vLLM's own tree, which is that of no other.
    """
    from vllm import exceptions
    from vllm.v1.engine.exceptions import EngineGenerateError

    own = getattr(exceptions, "VLLMError", None)
    return (EngineGenerateError, ValueError, *((own,) if own else ()))


def _engine(folder: Path, settings: VllmSettings, sizing: Sizing) -> AsyncLLM:
    from vllm import AsyncEngineArgs
    from vllm.v1.engine.async_llm import AsyncLLM

    arguments = AsyncEngineArgs(
        model=str(folder),
        trust_remote_code=False,
        dtype="bfloat16",
        gpu_memory_utilization=sizing.memory_share,
        max_num_seqs=sizing.sequences,
        max_num_batched_tokens=sizing.batched_tokens,
        data_parallel_size=settings.num_replicas,
        limit_mm_per_prompt={"image": 1},
        mm_processor_cache_gb=0,  # no page comes twice
        enable_prefix_caching=False,
        enable_lora=settings.lora is not None,
        logits_processors=[guard_name()] if settings.guard else None,
        disable_log_stats=True,
        stream_interval=_TOKENS_A_PIECE,
    )
    return AsyncLLM.from_engine_args(arguments)


def guard_name() -> str:
    """The guard for the model runner that this release of vLLM runs by default."""
    runs_second = find_spec(SECOND_RUNNER) is not None
    if runs_second and os.environ.get("VLLM_USE_V2_MODEL_RUNNER") != "0":
        return "model_runtime.vllm_plugin.guard_on_device:NoRepeatNgramGuardOnDevice"
    return "model_runtime.vllm_plugin.guard:NoRepeatNgramGuard"


def _card_memory() -> CardMemory:
    """Of the first card that this process may use; asked of the driver, because asking CUDA would forbid forking."""
    from vllm.platforms import current_platform
    from vllm.third_party import pynvml

    pynvml.nvmlInit()
    try:
        device = current_platform.device_id_to_physical_device_id(0)
        memory = pynvml.nvmlDeviceGetMemoryInfo(pynvml.nvmlDeviceGetHandleByIndex(device))
        return CardMemory(int(memory.free), int(memory.total))
    except pynvml.NVMLError as error:
        raise EngineUnavailable(f"the driver says nothing of the card's memory: {error}") from error
    finally:
        pynvml.nvmlShutdown()
