"""The Transformers engine: pages in batches through the model, transcripts out in order."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from itertools import chain, islice
from typing import Self

import torch
from torch import Tensor

from model_runtime.contract import EngineIdentity, PageRequest, Transcript
from model_runtime.engines.model_folder import PUBLISHED_MODEL, model_folder
from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.transformers.decoding import Ends, WrittenToken, written
from model_runtime.engines.transformers.hardware import hardware_for, is_out_of_memory, release_memory
from model_runtime.engines.transformers.loading import LoadedModel, loaded_model, runs_our_encoder
from model_runtime.engines.transformers.ngram_guard import NGramGuard
from model_runtime.engines.transformers.page import PageInWriting, PreparedPage
from model_runtime.engines.transformers.settings import TransformersSettings
from model_runtime.engines.transformers.tokens import ModelTokens, TextOfPage
from model_runtime.errors import EngineError, PageRejected

log = logging.getLogger(__name__)


class TransformersEngine(AbstractContextManager["TransformersEngine"]):
    """A `StreamingRuntime` that runs the whole model in this process.

    The folder, its configuration and its tokenizer are checked when the engine is made; the weights are loaded for the
    first page. Raises: EngineUnavailable when the model, or the device asked for, is not to be had.
    """

    reads_text_layer = False

    def __init__(self, settings: TransformersSettings | None = None) -> None:
        self._settings = settings or TransformersSettings()
        self._folder = model_folder(EngineOptions(self._settings.model, self._settings.revision))
        self._sizes = DecoderSizes.from_model_config(self._folder.json("config.json"))
        self._tokens = ModelTokens.from_folder(self._folder, self._sizes)
        self._hardware = hardware_for(self._settings)
        self._guard = NGramGuard(self._settings.guard, self._tokens.cell_ids) if self._settings.guard else None
        self._model: LoadedModel | None = None
        self._batch_size = self._settings.batch_size
        self._fingerprint = self._folder.fingerprint()

    @classmethod
    def from_options(cls, options: EngineOptions) -> Self:
        return cls(
            TransformersSettings(
                model=options.model or PUBLISHED_MODEL, revision=options.revision, max_new_tokens=options.max_tokens
            )
        )

    @property
    def identity(self) -> EngineIdentity:
        """Everything that decides what is written: packages, number format, device, settings and weights."""
        settings = self._settings
        guard = f"guard {settings.guard.ngram_size}/{settings.guard.window}" if settings.guard else "no guard"
        packages = f"transformers {version('transformers')}, torch {version('torch')}"
        limits = f"{settings.max_crops} crops, {settings.max_new_tokens or 'all'} tokens, {guard}"
        encoder = "ours" if runs_our_encoder(settings, self._hardware) else "native"
        model = f"{self._folder.name} {self._fingerprint}"
        return EngineIdentity("transformers", f"{packages}, {self._hardware}, encoder {encoder}, {limits}", model)

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        """Draws a batch of requests at a time."""
        waiting = iter(requests)
        for first in waiting:
            others = islice(waiting, self._num_pages_at_once() - 1)
            yield from self._transcripts(list(chain([first], others)))

    def stream(self, requests: Iterable[PageRequest]) -> Iterator[str | Transcript]:
        """Page by page, without batches: the pieces of a page come while the next one has not begun."""
        for request in requests:
            yield from self._streamed(request)

    def close(self) -> None:
        """Lets go of the weights; another run loads them again."""
        self._model = None
        release_memory()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _loaded(self) -> LoadedModel:
        if self._model is None:
            ours = runs_our_encoder(self._settings, self._hardware)
            self._model = loaded_model(self._folder, self._tokens.image_id, self._hardware, ours=ours)
            log.info(
                "%s runs on %s, with %s encoder",
                self._folder.name,
                self._hardware,
                "our" if ours else "Transformers' own",
            )
        return self._model

    def _num_pages_at_once(self) -> int:
        if self._batch_size is None:
            self._loaded()  # what is free is known only once the weights are there
            self._batch_size = self._hardware.batch_size()
        return self._batch_size

    def _transcripts(self, requests: Sequence[PageRequest]) -> Iterator[Transcript]:
        """In order; pages that make no views fail alone, the others go together."""
        prepared = [self._prepared(request) for request in requests]
        done = iter(self._transcribed([page for page in prepared if isinstance(page, PreparedPage)]))
        for page in prepared:
            yield next(done) if isinstance(page, PreparedPage) else page

    def _prepared(self, request: PageRequest) -> PreparedPage | Transcript:
        try:
            page = PreparedPage.from_request(request, self._tokens, self._settings.max_crops)
            self._check_room_for(page)
        except PageRejected as error:
            error.page_number = request.page_index + 1
            return Transcript.failed(request.page_index, error)
        return page

    def _check_room_for(self, page: PreparedPage) -> None:
        if self._room_for(page) < 1:
            raise PageRejected(
                f"the page's {len(page.prompt_ids)} prompt tokens fill the model's context of {self._sizes.max_tokens}",
                hint="allow fewer crops (max_crops)",
            )

    def _transcribed(self, pages: Sequence[PreparedPage]) -> list[Transcript]:
        """All pages together, or where memory does not suffice, the halves one after the other."""
        if not pages:
            return []
        in_writing = [self._begun(page) for page in pages]
        try:
            for token in self._written(pages):
                in_writing[token.page].add(token)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
        else:
            return [page.transcript() for page in in_writing]
        release_memory()
        if len(pages) == 1:
            return [self._too_large(in_writing[0])]
        self._batch_size = half = len(pages) // 2
        log.warning("memory does not suffice for %d pages side by side; going on with %d", len(pages), half)
        return self._transcribed(pages[:half]) + self._transcribed(pages[half:])

    def _streamed(self, request: PageRequest) -> Iterator[str | Transcript]:
        page = self._prepared(request)
        if isinstance(page, Transcript):
            yield page
            return
        in_writing = self._begun(page)
        try:
            for token in self._written([page]):
                if piece := in_writing.add(token):
                    yield piece
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            yield self._too_large(in_writing)
        else:
            yield in_writing.transcript()

    def _begun(self, page: PreparedPage) -> PageInWriting:
        return PageInWriting(page.page_index, TextOfPage(self._tokens))

    def _too_large(self, page: PageInWriting) -> Transcript:
        error = EngineError(
            f"memory does not suffice for a single page on {self._hardware}",
            page_number=page.page_index + 1,
            hint=f"allow fewer crops (max_crops, now {self._settings.max_crops}), fewer tokens (max_new_tokens), "
            "or choose another device",
        )
        return Transcript.failed(page.page_index, error, page.text.whole)

    def _written(self, pages: Sequence[PreparedPage]) -> Iterator[WrittenToken]:
        model = self._loaded()
        ends = Ends(self._tokens.end_ids, [self._room_for(page) for page in pages])
        return written(model.decoder, self._embedded(model, pages), ends, self._guard)

    def _room_for(self, page: PreparedPage) -> int:
        """How many tokens may be written for the page."""
        room = self._sizes.max_tokens - len(page.prompt_ids)
        return min(room, self._settings.max_new_tokens or room)

    @torch.inference_mode()
    def _embedded(self, model: LoadedModel, pages: Sequence[PreparedPage]) -> list[Tensor]:
        """The prompts as the decoder takes them, the visual tokens in their places."""
        visual = model.vision.visual_tokens([page.views for page in pages])
        embed = model.decoder.get_input_embeddings()
        prompts = []
        for page, tokens in zip(pages, visual, strict=True):
            ids = torch.tensor(page.prompt_ids, device=self._hardware.device)
            prompt = embed(ids)  # (prompt, dim)
            prompt[ids == self._tokens.image_id] = tokens.to(prompt.dtype)
            prompts.append(prompt)
        return prompts
