"""What becomes of one page in an engine's thread: a result, an error, or nothing that anybody waits for any more."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, InvalidStateError
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import TypeVar

from model_runtime.contract import Transcript

T = TypeVar("T")

Outcome = Future[Transcript]
"""Never set to running, so that it can be cancelled until it is there."""


def settle(outcome: Future[T], result: T) -> None:
    """Gives it the result, unless it has one, or an error, or was cancelled."""
    with suppress(InvalidStateError):
        outcome.set_result(result)


def fail(outcome: Future[T], error: BaseException) -> None:
    """Gives it the error, unless it has one, or a result, or was cancelled."""
    with suppress(InvalidStateError):
        outcome.set_exception(error)


class FaultsTo(AbstractContextManager["FaultsTo"]):
    """Hands whatever is raised inside to those who wait for the outcomes, as the executors of Python do."""

    def __init__(self, outcomes: Iterable[Future[T]]) -> None:
        self._outcomes = outcomes

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is not None:
            for outcome in self._outcomes:
                fail(outcome, error)
        return True
