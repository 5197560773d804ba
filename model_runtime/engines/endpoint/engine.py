"""The endpoint engine: pages to servers and back, many in flight, in order, none lost."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, partial
from queue import SimpleQueue
from threading import Lock
from typing import Self

from model_runtime.contract import EngineIdentity, PageRequest, Transcript
from model_runtime.engines.endpoint.chat import Question, question_of
from model_runtime.engines.endpoint.fault import Fault
from model_runtime.engines.endpoint.fleet import Fleet
from model_runtime.engines.endpoint.judgement import judged
from model_runtime.engines.endpoint.page_call import PageCall, RetryBudget
from model_runtime.engines.endpoint.server import Server
from model_runtime.engines.endpoint.settings import EndpointSettings
from model_runtime.engines.endpoint.stream import DeltaSink
from model_runtime.engines.in_flight import closed_in_mid_run, first_result, pages_in_flight
from model_runtime.engines.loop_thread import LoopThread
from model_runtime.engines.options import EngineOptions
from model_runtime.errors import EngineError, EngineUnavailable

PROTOCOL_VERSION = 1
"""Goes up whenever the same server would be asked for the same page in other words."""

_LOOK_AHEAD = 4
"""Pages drawn for each that may be in flight: one slow page in front must not stop the others."""


class EndpointEngine(AbstractContextManager["EndpointEngine"]):
    """A `Runtime` over OpenAI-compatible servers: vLLM, SGLang or a hosted one.

    Outside it is synchronous; inside, one thread runs an event loop. Pages are held as PNG, never as pixels.
    A run that no server can go on with ends in an `EngineError` only after every page drawn has its transcript.
    """

    reads_text_layer = False

    def __init__(self, settings: EndpointSettings | None = None) -> None:
        """Raises: EngineUnavailable where the settings name no server."""
        self.settings = settings or EndpointSettings()
        if not self.settings.base_urls:
            raise EngineUnavailable(
                "engine 'endpoint' needs a server",
                hint="give base_urls or OCR2_ENDPOINT_BASE_URLS, such as http://localhost:8000/v1",
            )
        self._loop = LoopThread("endpoint")
        self._fleet: Fleet | None = None
        self._guard = Lock()
        self._num_runs = 0

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

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        """Draws at most four times as many requests ahead as may be in flight."""
        window = _LOOK_AHEAD * self.settings.max_in_flight * len(self.settings.base_urls)
        budget = RetryBudget(self.settings)
        with self._run() as fleet, pages_in_flight() as in_flight:
            for request in requests:
                in_flight.append(self._submitted(fleet, budget, request))
                while in_flight and (in_flight[0].done() or len(in_flight) >= window):
                    yield first_result(in_flight, "endpoint")
                if fleet.over:
                    break
            while in_flight:
                yield first_result(in_flight, "endpoint")
            if fleet.over:
                raise copy.copy(fleet.over)

    def stream(self, requests: Iterable[PageRequest]) -> Iterator[str | Transcript]:
        """A page whose first piece was handed out is not begun anew when its connection breaks: it fails."""
        budget = RetryBudget(self.settings)
        with self._run() as fleet, pages_in_flight() as in_flight:
            for request in requests:
                pieces: SimpleQueue[str | None] = SimpleQueue()
                page = self._submitted(fleet, budget, request, pieces.put)
                in_flight.append(page)
                page.add_done_callback(partial(_ended, pieces))
                yield from iter(pieces.get, None)
                yield first_result(in_flight, "endpoint")
                if fleet.over:
                    raise copy.copy(fleet.over)

    def close(self) -> None:
        """Breaks off what is in flight; servers see their connections closed."""
        with self._guard:
            fleet, self._fleet = self._fleet, None
        if fleet is not None:
            self._loop.cancel_all()
            self._loop.submit(fleet.close()).result()
        self._loop.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _run(self) -> Iterator[Fleet]:
        with self._guard:
            fleet = self._fleet = self._fleet or self._new_fleet()
            if not self._num_runs:
                fleet.begin()
            self._num_runs += 1
        try:
            yield fleet
        finally:
            with self._guard:
                self._num_runs -= 1

    def _new_fleet(self) -> Fleet:
        return Fleet(tuple(Server(url, self.settings) for url in self.settings.base_urls), self.settings)

    def _submitted(
        self, fleet: Fleet, budget: RetryBudget, request: PageRequest, sink: DeltaSink | None = None
    ) -> Future[Transcript]:
        """The picture is encoded here and now, so that its pixels are let go. Raises: EngineUnavailable."""
        call = PageCall(fleet, budget, self.settings)
        question = question_of(request)
        with self._guard:
            if fleet is not self._fleet:
                raise closed_in_mid_run("endpoint")
            return self._loop.submit(_transcript(call, question, sink))

    def _model_of_servers(self) -> str:
        with self._run() as fleet:
            call = PageCall(fleet, RetryBudget(self.settings), self.settings)
            try:
                return self._loop.submit(call.introduction()).result().model
            except Fault as fault:
                raise fault.as_error() from fault


async def _transcript(call: PageCall, question: Question, sink: DeltaSink | None) -> Transcript:
    try:
        return judged(question, await call.answer(question, sink))
    except Fault as fault:
        return Transcript.failed(question.page_index, fault.as_error(), fault.text)
    except EngineError as over:
        return Transcript.failed(question.page_index, copy.copy(over))


def _ended(pieces: SimpleQueue[str | None], _: Future[Transcript]) -> None:
    pieces.put(None)
