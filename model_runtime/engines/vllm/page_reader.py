"""Reads pages in vLLM, on an event loop of its own."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from model_runtime.contract import PageRequest, Tell, Transcript
from model_runtime.engines.preparation import Preparation
from model_runtime.engines.vllm.page import PagePrompt, PromptWriter, WrittenToken, transcript_of, written_tokens
from model_runtime.engines.vllm.service import PageFailed, VllmService
from model_runtime.errors import PageRejected
from model_runtime.loop_thread import LoopThread

if TYPE_CHECKING:
    from vllm.outputs import CompletionOutput


class PageReader:
    """From its first page to `close`, after which it reads no more. `begun` is for any thread."""

    def __init__(self, service: VllmService, prompts: PromptWriter, max_tokens: int) -> None:
        self._service = service
        self._max_tokens = max_tokens
        self._prompts = Preparation("vllm", lambda request: prompts.prompt_for(request, max_tokens))
        self._loop = LoopThread("vllm")

    def begun(self, request: PageRequest, tell: Tell | None) -> Future[Transcript]:
        """The page's transcript to be. Fails with EngineUnavailable when vLLM does not start, or dies at every size."""
        return self._loop.submit(self._read(request.page_index, self._prompts.begun(request), tell))

    def close(self) -> None:
        """Breaks off what is in flight and ends vLLM's processes."""
        self._loop.cancel_all()
        self._loop.submit(self._service.close()).result()
        self._loop.close()
        self._prompts.close()

    async def _read(self, page_index: int, prompt: Future[PagePrompt], tell: Tell | None) -> Transcript:
        writing = _Writing(tell)
        try:
            await self._write(await self._prompts.ended(prompt), writing)
        except (PageRejected, PageFailed) as error:
            error.page_number = page_index + 1
            return Transcript.failed(page_index, error, writing.text)
        return transcript_of(page_index, writing.text, writing.finish_reason, writing.tokens)

    async def _write(self, page: PagePrompt, writing: _Writing) -> None:
        room = self._max_tokens - page.num_tokens
        async for output in self._service.outputs(page, room, in_pieces=writing.is_told):
            if output is None:
                writing.begin_anew()
            else:
                writing.add(output.outputs[0])


class _Writing:
    """What vLLM has written of a page so far."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell
        self._pieces: list[str] = []
        self.tokens: list[WrittenToken] | None = None
        """None where vLLM was not asked for their probabilities."""
        self.finish_reason: str | None = None

    @property
    def is_told(self) -> bool:
        return self._tell is not None

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def add(self, written: CompletionOutput) -> None:
        self.finish_reason = written.finish_reason
        if written.logprobs is not None and written.token_ids:  # without new tokens, up to 0.28, it repeats all
            self.tokens = self.tokens or []
            self.tokens += written_tokens(written.logprobs)
        if written.text:
            self._pieces.append(written.text)
            if self._tell is not None:
                self._tell(written.text)

    def begin_anew(self) -> None:
        if self._pieces and self._tell is not None:
            self._tell(None)
        self._pieces.clear()
        self.tokens = self.finish_reason = None
