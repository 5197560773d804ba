"""What can go wrong with one request, and what follows from it."""

from __future__ import annotations

from enum import StrEnum

from model_runtime.errors import EngineError, EngineOverloaded, EngineTimeout, EngineUnavailable, PageRejected


class FaultKind(StrEnum):
    OVERLOADED = "overloaded"
    """The server asks to be called again: 429 and 5xx, which say nothing of the page."""
    UNREACHABLE = "unreachable"
    """No connection; the page was never sent."""
    LOST = "lost"
    """The connection broke while the page was at the server."""
    BROKEN = "broken"
    """500: the server failed while the page was there."""
    TIMEOUT = "timeout"
    GARBLED = "garbled"
    """An answer, but none that the protocol knows, or one that does not say that it is whole."""
    REFUSED_PAGE = "refused page"
    """400, 413, 422: this page, however often it is sent."""
    REFUSED_RUN = "refused run"
    """401, 403, 404, a bad certificate: every page, until the user changes something."""


_ERRORS: dict[FaultKind, type[EngineError]] = {
    FaultKind.OVERLOADED: EngineOverloaded,
    FaultKind.UNREACHABLE: EngineUnavailable,
    FaultKind.TIMEOUT: EngineTimeout,
    FaultKind.REFUSED_PAGE: PageRejected,
    FaultKind.REFUSED_RUN: EngineUnavailable,
}
FOR_GOOD = frozenset({FaultKind.REFUSED_PAGE, FaultKind.REFUSED_RUN})
"""Faults that no second try can mend."""
OF_THE_PAGE = frozenset({FaultKind.REFUSED_PAGE, FaultKind.GARBLED})
"""Faults of a page or of an answer, which say nothing of the server."""

MAX_FAULTS = {FaultKind.BROKEN: 4, FaultKind.TIMEOUT: 4, FaultKind.GARBLED: 4}
"""Faults of one kind that one page may meet, where that is less than its tries in all."""


class Fault(Exception):
    """One request failed. `retry_after_s` is what the server asked for, `text` what had been written by then."""

    def __init__(
        self,
        kind: FaultKind,
        message: str,
        *,
        hint: str | None = None,
        retry_after_s: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.hint = hint
        self.retry_after_s = retry_after_s
        self.status = status
        self.text = ""

    def as_error(self) -> EngineError:
        error = _ERRORS.get(self.kind, EngineError)(self.message, hint=self.hint)
        error.retryable = self.kind not in FOR_GOOD
        return error
