"""The error tree of the project. ``except Ocr2Error`` catches all of ours and only ours.

    Ocr2Error
    ├── EngineError                   an engine failed
    │   ├── EngineUnavailable         a package, a model or a server is missing; nothing was transcribed
    │   │   └── WeightsMismatch       the model's tensors are not those that its configuration asks for
    │   ├── EngineTimeout        (r)  one page took longer than its deadline
    │   ├── EngineOverloaded     (r)  the engine asks to be called again later
    │   ├── PageRejected              the engine takes no page of this kind
    │   ├── EmptyTranscript      (r)  the engine finished and wrote nothing on a page that has ink
    │   ├── UngroundedTranscript      the engine was asked for grounded markup and wrote text without a single tag
    │   └── MissingTranscript         the replay engine holds no transcript for the page
    └── (ocr2_loaders.errors)         sources, pages and outputs

(r) marks the errors that are worth trying again as they are; see `Ocr2Error.retryable`.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Ocr2Error(Exception):
    """Something the project reports to its user, in one sentence that says what to do.

    `source` names the file or URL, `page_number` counts from 1 and is None where no single page is
    meant, `hint` is what the user can do. Instances survive copying and pickling with all three.
    """

    stage: ClassVar[str] = "unknown"
    """The step of the staircase at which the error arose: sources, pages, engine or output."""
    retryable: bool = False
    """Whether the same call may succeed later without any change; an instance may know better than its class."""

    def __init__(
        self, message: str, *, source: str | None = None, page_number: int | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.page_number = page_number
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.message, dict(self.__dict__)))


def _rebuild(kind: type[Ocr2Error], message: str, attributes: dict[str, Any]) -> Ocr2Error:
    error = kind.__new__(kind, message)
    error.args = (message,)
    error.__dict__.update(attributes)
    return error


class EngineError(Ocr2Error):
    """An engine failed; raised for the whole run, or carried by one page's `Transcript`."""

    stage = "engine"


class EngineUnavailable(EngineError):
    """The engine cannot start: a package, a model or a server is missing."""


class WeightsMismatch(EngineUnavailable):
    """The model's tensors are not those that its configuration asks for; the message lists every one concerned."""


class EngineTimeout(EngineError):
    """One page took longer than its deadline; the other pages are still good."""

    retryable = True


class EngineOverloaded(EngineError):
    """The engine asks to be called again later."""

    retryable = True


class PageRejected(EngineError):
    """The engine takes no page of this kind, however often it is asked."""


class EmptyTranscript(EngineError):
    """The engine finished without an error and wrote nothing, on a page that has ink."""

    retryable = True


class UngroundedTranscript(EngineError):
    """The engine was asked for grounded markup and wrote text without a single tag; the transcript holds the text."""


class MissingTranscript(EngineError):
    """The replay engine holds no transcript for the page."""
