"""The vLLM engine: many pages in flight, transcripts in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from functools import partial
from importlib.metadata import version
from queue import SimpleQueue
from threading import Lock
from typing import Self

from model_runtime.contract import EngineIdentity, PageRequest, Transcript
from model_runtime.engines.in_flight import first_result, pages_in_flight
from model_runtime.engines.loop_thread import LoopThread
from model_runtime.engines.model_folder import PUBLISHED_MODEL, model_folder
from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.vllm.page import PagePrompt, PromptWriter, WrittenToken, transcript_of, written_tokens
from model_runtime.engines.vllm.service import PageFailed, VllmService
from model_runtime.engines.vllm.settings import VllmSettings
from model_runtime.errors import PageRejected

_AHEAD = 1.5
"""Pages drawn for each that may be written at a time, so that one is always ready when another is done."""

_PLUGIN_VERSION = 1
"""Goes up whenever the same page would come out in other words."""


class VllmEngine(AbstractContextManager["VllmEngine"]):
    """A `StreamingRuntime` that runs the whole model in vLLM, on this machine's cards.

    The folder is looked for when the engine is made; vLLM starts with the first page, which takes a minute or two, and
    ends with `close`. Outside it is synchronous; inside, one thread runs an event loop, so that it works where another
    loop runs already. Several runs share the cards.
    """

    reads_text_layer = False

    def __init__(self, settings: VllmSettings | None = None) -> None:
        self._settings = settings or VllmSettings()
        self._folder = model_folder(EngineOptions(self._settings.model, self._settings.revision))
        self._max_tokens = DecoderSizes.from_model_config(self._folder.json("config.json")).max_tokens
        self._prompts = PromptWriter.from_folder(self._folder.path)
        self._fingerprint = self._folder.fingerprint()
        self._loop = LoopThread("vllm")
        self._guard = Lock()
        self._service: VllmService | None = None

    @classmethod
    def from_options(cls, options: EngineOptions) -> Self:
        return cls(
            VllmSettings(
                model=options.model or PUBLISHED_MODEL, revision=options.revision, max_new_tokens=options.max_tokens
            )
        )

    @property
    def identity(self) -> EngineIdentity:
        settings = self._settings
        guard = f"guard {settings.guard.ngram_size}/{settings.guard.window}" if settings.guard else "no guard"
        lora = f", {settings.lora.name}" if settings.lora else ""
        packages = f"vllm {version('vllm')}, plugin {_PLUGIN_VERSION}"
        logprobs = ", logprobs" if settings.logprobs else ""
        limits = f"{settings.max_new_tokens or 'all'} tokens, {guard}{lora}{logprobs}"
        return EngineIdentity("vllm", f"{packages}, {limits}", f"{self._folder.name} {self._fingerprint}")

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        """Draws half as many requests again as pages may be written at a time."""
        window = int(_AHEAD * self._settings.max_sequences * self._settings.num_replicas) + 1
        with pages_in_flight() as in_flight:
            for request in requests:
                in_flight.append(self._submitted(request))
                while in_flight and (in_flight[0].done() or len(in_flight) >= window):
                    yield first_result(in_flight, "vllm")
            while in_flight:
                yield first_result(in_flight, "vllm")

    def stream(self, requests: Iterable[PageRequest]) -> Iterator[str | Transcript]:
        """Page by page: the pieces of a page come while the next one has not begun."""
        with pages_in_flight() as in_flight:
            for request in requests:
                pieces: SimpleQueue[str | None] = SimpleQueue()
                page = self._submitted(request, pieces)
                in_flight.append(page)
                page.add_done_callback(partial(_ended, pieces))
                yield from iter(pieces.get, None)
                yield first_result(in_flight, "vllm")

    def close(self) -> None:
        """Breaks off what is in flight and ends vLLM's processes; another run starts them again."""
        with self._guard:
            service, self._service = self._service, None
        if service is not None:
            self._loop.cancel_all()
            self._loop.submit(service.close()).result()
        self._loop.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _submitted(self, request: PageRequest, pieces: SimpleQueue[str | None] | None = None) -> Future[Transcript]:
        """The page's pixels are copied here and now."""
        try:
            prompt = self._prompts.prompt_for(request, self._max_tokens)
        except PageRejected as error:
            error.page_number = request.page_index + 1
            failed: Future[Transcript] = Future()
            failed.set_result(Transcript.failed(request.page_index, error))
            return failed
        with self._guard:
            service = self._service = self._service or VllmService(self._folder.path, self._settings)
            return self._loop.submit(self._transcript(service, prompt, pieces))

    async def _transcript(
        self, service: VllmService, page: PagePrompt, pieces: SimpleQueue[str | None] | None
    ) -> Transcript:
        room = self._max_tokens - page.num_tokens
        text: list[str] = []
        tokens: list[WrittenToken] = []
        reason = None
        try:
            async for output in service.outputs(page, room, in_pieces=pieces is not None):
                (written,) = output.outputs
                text.append(written.text)
                reason = written.finish_reason
                if written.logprobs is not None:
                    tokens += written_tokens(written.logprobs)
                if pieces is not None and written.text:
                    pieces.put(written.text)
        except PageFailed as error:
            error.page_number = page.page_index + 1
            return Transcript.failed(page.page_index, error, "".join(text))
        known = tokens if self._settings.logprobs else None
        return transcript_of(page.page_index, "".join(text), reason, known)


def _ended(pieces: SimpleQueue[str | None], _: Future[Transcript]) -> None:
    pieces.put(None)
