"""The Transformers engine: pages in batches through the model, in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from importlib.metadata import version
from threading import Lock
from typing import Self

import torch
from torch import Tensor

from model_runtime.contract import EngineIdentity, PageRequest, Tell, Transcript
from model_runtime.engines.failed_page import failed_page
from model_runtime.engines.in_flight import closed_in_mid_run
from model_runtime.engines.model_folder import PUBLISHED_MODEL, model_folder
from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.outcome import FaultsTo, settle
from model_runtime.engines.page_threads import PageThreads
from model_runtime.engines.transformers.decoding import Ends, WrittenToken, written
from model_runtime.engines.transformers.hardware import hardware_for, is_out_of_memory, release_memory
from model_runtime.engines.transformers.loading import LoadedModel, loaded_model, runs_our_encoder
from model_runtime.engines.transformers.ngram_guard import NGramGuard
from model_runtime.engines.transformers.page import PageInWriting, PreparedPage
from model_runtime.engines.transformers.page_line import PageLine
from model_runtime.engines.transformers.settings import TransformersSettings
from model_runtime.engines.transformers.tokens import ModelTokens, TextOfPage
from model_runtime.errors import EngineError, PageRejected

log = logging.getLogger(__name__)


class TransformersEngine(AbstractContextManager["TransformersEngine"]):
    """An `Engine` that runs the whole model in this process.

    The folder, its configuration and its tokenizer are checked when the engine is made; the weights are loaded for the
    first page. Raises: EngineUnavailable when the model, or the device asked for, is not to be had.
    """

    reads_text_layer = False
    reads_again = True

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
        self._preparing, self._writing = (PageThreads("transformers", 1) for _ in range(2))
        self._line = PageLine()
        self._joining = Lock()
        self._num_closed = 0

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

    @property
    def capacity(self) -> int:
        """Pages side by side; how many fit beside the weights is known once these are loaded."""
        return self._batch_size or self._hardware.largest_batch

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        """Pages that wait when a batch is made are written side by side; one cancelled leaves at its next token."""
        num_closed = self._num_closed
        preparing = self._preparing.run(partial(self._prepared, request))
        del request  # from here on there are only its views
        prepared = await preparing
        if isinstance(prepared, Transcript):
            return prepared
        page = PageInWriting(prepared, TextOfPage(self._tokens), tell)
        with self._joining:
            if self._num_closed > num_closed:
                raise closed_in_mid_run("transformers")
            self._line.join(page)
            self._writing.begin(page.outcome, self._write_batch)
        try:
            return await asyncio.wrap_future(page.outcome)
        finally:
            self._line.drop_left()  # a page that was cancelled takes its views along

    def close(self) -> None:
        """Lets go of the weights, which the next page loads again; the token that is being computed ends."""
        with self._joining:
            self._num_closed += 1
        self._preparing.close()
        self._writing.close()
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

    def _write_batch(self) -> None:
        """Is begun once for each page; most find that theirs went along with an earlier one."""
        if self._line.is_empty():
            return
        with FaultsTo(self._line):
            self._loaded()
            pages = self._line.batch(self._num_pages_at_once())
            with FaultsTo([page.outcome for page in pages]):
                self._write(pages)

    def _num_pages_at_once(self) -> int:
        if self._batch_size is None:
            self._batch_size = self._hardware.batch_size()  # what is free is known now that the weights are there
        return self._batch_size

    def _prepared(self, request: PageRequest) -> PreparedPage | Transcript:
        """A page that makes no views, or too many, fails here."""
        page_index = request.page_index
        try:
            page = PreparedPage.from_request(request, self._tokens, self._settings.max_crops)
            self._check_room_for(page)
        except PageRejected as error:
            del request
            return failed_page(page_index, error)
        return page

    def _check_room_for(self, page: PreparedPage) -> None:
        if self._room_for(page) < 1:
            raise PageRejected(
                f"the page's {len(page.prompt_ids)} prompt tokens fill the model's context of {self._sizes.max_tokens}",
                hint="allow fewer crops (max_crops)",
            )

    def _write(self, pages: Sequence[PageInWriting]) -> None:
        """All pages together, or where memory does not suffice, what is left of them in smaller batches."""
        try:
            self._write_together(pages)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
        else:
            return
        release_memory()
        left = [page for page in pages if not page.is_left]
        if len(pages) == 1:
            for page in left:
                settle(page.outcome, self._too_large(page))
            return
        self._batch_size = half = len(pages) // 2
        log.warning("memory does not suffice for %d pages side by side; going on with %d", len(pages), half)
        for start in range(0, len(left), half):
            self._write_anew(left[start : start + half])

    def _write_anew(self, pages: Sequence[PageInWriting]) -> None:
        for page in pages:
            with FaultsTo([page.outcome]):
                page.begin_anew()
        self._write(pages)

    def _write_together(self, pages: Sequence[PageInWriting]) -> None:
        """A page whose hearer fails, fails alone."""
        for token in self._written(pages):
            page = pages[token.page]
            with FaultsTo([page.outcome]):
                if not page.is_left:
                    page.add(token)

    def _too_large(self, page: PageInWriting) -> Transcript:
        error = EngineError(
            f"memory does not suffice for a single page on {self._hardware}",
            hint=f"allow fewer crops (max_crops, now {self._settings.max_crops}), fewer tokens (max_new_tokens), "
            "or choose another device",
        )
        return failed_page(page.page.page_index, error, page.text)

    def _written(self, pages: Sequence[PageInWriting]) -> Iterator[WrittenToken]:
        model = self._loaded()
        ends = Ends(self._tokens.end_ids, [self._room_for(each.page) for each in pages], lambda row: pages[row].is_left)
        return written(model.decoder, self._embedded(model, [each.page for each in pages]), ends, self._guard)

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
