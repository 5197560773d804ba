"""The vLLM engine: many pages in flight, each by itself."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import AbstractContextManager
from importlib.metadata import version
from threading import Lock
from typing import Self

from model_runtime.contract import EngineIdentity, PageRequest, Tell, Transcript
from model_runtime.engines.in_flight import awaited
from model_runtime.engines.model_folder import PUBLISHED_MODEL, model_folder
from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.vllm.page import PromptWriter
from model_runtime.engines.vllm.page_reader import PageReader
from model_runtime.engines.vllm.service import VllmService
from model_runtime.engines.vllm.settings import VllmSettings

_AHEAD = 1.5
"""Pages here for each that may be written at a time, so that one is always ready when another is done."""

_PLUGIN_VERSION = 1
"""Goes up whenever the same page would come out in other words."""


class VllmEngine(AbstractContextManager["VllmEngine"]):
    """An `Engine` that runs the whole model in vLLM, on this machine's cards.

    The folder is looked for when the engine is made; vLLM starts with the first page, which takes a minute or two, and
    ends with `close`. One thread runs an event loop of its own, a few others copy pages. When vLLM dies, the pages
    under way are begun anew on a smaller one.
    """

    reads_text_layer = False
    reads_again = True

    def __init__(self, settings: VllmSettings | None = None) -> None:
        self._settings = settings or VllmSettings()
        self._folder = model_folder(EngineOptions(self._settings.model, self._settings.revision))
        self._max_tokens = DecoderSizes.from_model_config(self._folder.json("config.json")).max_tokens
        self._prompts = PromptWriter.from_folder(self._folder.path)
        self._fingerprint = self._folder.fingerprint()
        self._guard = Lock()
        self._reader: PageReader | None = None

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

    @property
    def capacity(self) -> int:
        """Half as many again as all cards write at a time."""
        return int(_AHEAD * self._settings.max_sequences * self._settings.num_replicas) + 1

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        """Pages beyond the capacity wait in vLLM, each with a copy of its pixels.

        Raises: EngineUnavailable when vLLM does not start, or dies at its smallest.
        """
        page = self._begun(request, tell)
        del request
        return await awaited(page, "vllm")

    def close(self) -> None:
        """Breaks off what is in flight and ends vLLM's processes; what is read later starts them again."""
        with self._guard:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begun(self, request: PageRequest, tell: Tell | None) -> Future[Transcript]:
        with self._guard:
            self._reader = self._reader or self._new_reader()
            return self._reader.begun(request, tell)

    def _new_reader(self) -> PageReader:
        return PageReader(VllmService(self._folder.path, self._settings), self._prompts, self._max_tokens)
