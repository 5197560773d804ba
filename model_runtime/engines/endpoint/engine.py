"""The endpoint engine: pages to servers and back, many in flight, none lost."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Self

from model_runtime.contract import EngineIdentity, PageRequest, Tell, Transcript
from model_runtime.engines.endpoint.chat import Question, question_of
from model_runtime.engines.endpoint.fault import OF_THE_PAGE, Fault
from model_runtime.engines.endpoint.fleet import Fleet
from model_runtime.engines.endpoint.judgement import judged
from model_runtime.engines.endpoint.page_call import PageCall, RetryBudget
from model_runtime.engines.endpoint.server import Server
from model_runtime.engines.endpoint.settings import EndpointSettings
from model_runtime.engines.endpoint.telling import Telling
from model_runtime.engines.in_flight import awaited, closed_in_mid_run
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.preparation import Preparation
from model_runtime.errors import EngineError, EngineUnavailable
from model_runtime.loop_thread import LoopThread

PROTOCOL_VERSION = 1
"""Goes up whenever the same server would be asked for the same page in other words."""


@dataclass(slots=True)
class _Opened:
    """What is held from the first page to `close`; pages that come after that open another, with a loop of its own."""

    loop: LoopThread
    fleet: Fleet
    questions: Preparation[Question]
    budget: RetryBudget
    num_under_way: int = 0

    def call(self, settings: EndpointSettings) -> PageCall:
        return PageCall(self.fleet, self.budget, settings)


class EndpointEngine(AbstractContextManager["EndpointEngine"]):
    """An `Engine` over OpenAI-compatible servers: vLLM, SGLang or a hosted one.

    Inside, one thread runs an event loop and a few encode pictures; a page is held as PNG, never as pixels. What no
    page can get around, such as a wrong key, ends every page under way and all that come while others still are;
    once none is, the next page tries anew.
    """

    reads_text_layer = False
    reads_again = True

    def __init__(self, settings: EndpointSettings | None = None) -> None:
        """Raises: EngineUnavailable where the settings name no server."""
        self.settings = settings or EndpointSettings()
        if not self.settings.base_urls:
            raise EngineUnavailable(
                "engine 'endpoint' needs a server",
                hint="give base_urls or OCR2_ENDPOINT_BASE_URLS, such as http://localhost:8000/v1",
            )
        self._opened: _Opened | None = None
        self._guard = Lock()

    @classmethod
    def from_options(cls, options: EngineOptions) -> Self:
        """The settings of the environment; what the options say goes before it."""
        return cls(
            EndpointSettings.from_env(
                model=options.model, base_urls=options.base_urls or None, max_tokens=options.max_tokens
            )
        )

    @cached_property
    def identity(self) -> EngineIdentity:
        """Asks the servers for their model where none is named. Raises: EngineUnavailable."""
        chosen = self.settings
        guard = f"guard {chosen.ngram_size}/{chosen.ngram_window}"
        version = f"protocol {PROTOCOL_VERSION}, {guard}, {chosen.max_tokens or 'all'} tokens, {chosen.dialect}"
        version += ", logprobs" if chosen.logprobs else ""
        return EngineIdentity("endpoint", version, chosen.model or self._model_of_servers())

    @property
    def capacity(self) -> int:
        """As many pages as all servers together may be given."""
        return self.settings.max_in_flight * len(self.settings.base_urls)

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        """Pages beyond the capacity wait in the order in which they were asked for.

        A page is tried again whatever broke its answer off; what was told of it by then is taken back.
        """
        with self._under_way() as opened:
            page = self._begun(opened, request, tell)
            del request
            return await awaited(page, "endpoint")

    def close(self) -> None:
        """Breaks off what is in flight; servers see their connections closed."""
        with self._guard:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.loop.cancel_all()
            opened.loop.submit(opened.fleet.close()).result()
            opened.loop.close()
            opened.questions.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _under_way(self) -> Iterator[_Opened]:
        """With the first page that is under way, all is tried anew."""
        with self._guard:
            opened = self._opened = self._opened or self._open()
            if not opened.num_under_way:
                opened.fleet.begin()
                opened.budget = RetryBudget(self.settings)
            opened.num_under_way += 1
        try:
            yield opened
        finally:
            with self._guard:
                opened.num_under_way -= 1

    def _open(self) -> _Opened:
        chosen = self.settings
        fleet = Fleet(tuple(Server(url, chosen) for url in chosen.base_urls), chosen)
        return _Opened(LoopThread("endpoint"), fleet, Preparation("endpoint", question_of), RetryBudget(chosen))

    def _begun(self, opened: _Opened, request: PageRequest, tell: Tell | None) -> Future[Transcript]:
        """The page's pixels are let go of as soon as it is encoded. Raises: EngineUnavailable."""
        telling = Telling(tell) if tell else None
        with self._still(opened):
            call, encoding = opened.call(self.settings), opened.questions.begun(request)
            return opened.loop.submit(_transcript(opened, call, encoding, telling))

    @contextmanager
    def _still(self, opened: _Opened) -> Iterator[None]:
        """While the engine cannot be closed. Raises: EngineUnavailable when it was."""
        with self._guard:
            if opened is not self._opened:
                raise closed_in_mid_run("endpoint")
            yield

    def _model_of_servers(self) -> str:
        with self._under_way() as opened:
            with self._still(opened):
                asking = opened.loop.submit(opened.call(self.settings).introduction())
            try:
                return asking.result().model
            except Fault as fault:
                raise fault.as_error() from fault
            except CancelledError:
                raise closed_in_mid_run("endpoint") from None


async def _transcript(
    opened: _Opened, call: PageCall, encoding: Future[Question], telling: Telling | None
) -> Transcript:
    """Raises: EngineError, this page's own, where no page gets through; a page at fault itself fails all the same."""
    question = await opened.questions.ended(encoding)
    try:
        return judged(question, await call.answer(question, telling))
    except Fault as fault:
        if opened.fleet.over and fault.kind not in OF_THE_PAGE:
            raise copy.copy(opened.fleet.over) from None
        return Transcript.failed(question.page_index, fault.as_error(), fault.text)
    except EngineError as over:
        raise copy.copy(over) from None
