"""One page, tried until there is an answer or no hope."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from model_runtime.engines.endpoint.answer import Answer
from model_runtime.engines.endpoint.chat import Question, chat_request
from model_runtime.engines.endpoint.fault import FOR_GOOD, MAX_FAULTS, Fault, FaultKind
from model_runtime.engines.endpoint.fleet import Fleet
from model_runtime.engines.endpoint.introduction import Introduction
from model_runtime.engines.endpoint.server import Server
from model_runtime.engines.endpoint.settings import EndpointSettings
from model_runtime.engines.endpoint.telling import Telling

_DEATHS_TO_SUSPECT = 2
_DEATHS_TO_REFUSE = 3
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 15.0


class RetryBudget:
    """The retries of a whole run: some to begin with, and some for each page that went well."""

    def __init__(self, settings: EndpointSettings) -> None:
        self._left = float(settings.spare_retries)
        self._per_page = settings.retries_per_page

    def earn(self) -> None:
        self._left += self._per_page

    def spend(self) -> bool:
        """Whether there was one left."""
        self._left -= 1
        return self._left >= 0


class PageCall:
    """Brings one page through: tries again elsewhere or later, alone when it may be what kills the server."""

    def __init__(self, fleet: Fleet, budget: RetryBudget, settings: EndpointSettings) -> None:
        self._fleet = fleet
        self._budget = budget
        self._settings = settings
        self._ticket = fleet.ticket()
        self._num_deaths = 0
        self._faults: Counter[FaultKind] = Counter()
        self._started: float | None = None
        self._pause = wait_random_exponential(multiplier=_FIRST_PAUSE_S, max=_LONGEST_PAUSE_S)

    async def answer(self, question: Question, telling: Telling | None = None) -> Answer:
        """Raises: Fault when the page has to be given up, EngineError when all have to be."""
        answer: Answer = await self._tries()(self._asked, question, telling)
        self._budget.earn()
        return answer

    async def introduction(self) -> Introduction:
        """Of the first server that answers. Raises: as `answer`."""
        introduction: Introduction = await self._tries()(self._introduced)
        return introduction

    def _tries(self) -> AsyncRetrying:
        return AsyncRetrying(
            retry=retry_if_exception(self._may_be_mended),
            wait=self._wait_s,
            stop=stop_after_attempt(self._settings.max_tries),
            reraise=True,
        )

    async def _asked(self, question: Question, telling: Telling | None) -> Answer:
        async with self._server() as server:
            introduction = await server.introduced()
            if telling:
                telling.begin()
            arguments = chat_request(question, self._settings, introduction, in_pieces=telling is not None)
            return await server.chat(arguments, telling)

    async def _introduced(self) -> Introduction:
        async with self._server() as server:
            return await server.introduced()

    @asynccontextmanager
    async def _server(self) -> AsyncIterator[Server]:
        """A place at a server; its faults are considered before the place is given back."""
        async with self._fleet.place(self._ticket, alone=self._num_deaths >= _DEATHS_TO_SUSPECT) as server:
            self._started = self._started or time.monotonic()
            try:
                yield server
            except Fault as fault:
                await self._consider(server, fault)
                raise

    async def _consider(self, server: Server, fault: Fault) -> None:
        self._faults[fault.kind] += 1
        self._num_deaths += await self._fleet.consider(server, fault)
        if self._num_deaths >= _DEATHS_TO_REFUSE:
            fault.kind = FaultKind.REFUSED_PAGE
            fault.message = f"the server at {server.url} died {self._num_deaths} times on this page"

    def _may_be_mended(self, error: BaseException) -> bool:
        return (
            isinstance(error, Fault)
            and error.kind not in FOR_GOOD
            and (error.retry_after_s or 0.0) <= self._settings.max_retry_after_s
            and self._faults[error.kind] < MAX_FAULTS.get(error.kind, self._settings.max_tries)
            and time.monotonic() - (self._started or 0.0) < self._settings.page_timeout_s
            and self._budget.spend()
        )

    def _wait_s(self, state: RetryCallState) -> float:
        """A pause that the server asked for is kept by the fleet, for all pages."""
        fault = state.outcome.exception() if state.outcome else None
        asked = isinstance(fault, Fault) and fault.retry_after_s is not None
        return 0.0 if asked else self._pause(state)
