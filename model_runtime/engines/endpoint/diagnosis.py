"""The client's exceptions as faults."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import openai

from model_runtime.engines.endpoint.fault import Fault, FaultKind

_MAX_WORDS = 200
_START = "is it running, and is the URL right?"
_PAGE_STATUSES = frozenset({400, 413, 422})
_RUN_STATUSES = {
    401: "give the key in OCR2_ENDPOINT_API_KEY",
    403: "the key may not use this model",
    404: "check the URL, which mostly ends in /v1, and the model's name",
}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_UNREADABLE = (httpx.DecodingError, json.JSONDecodeError, UnicodeDecodeError, openai.APIResponseValidationError)

CLIENT_ERRORS = (openai.OpenAIError, httpx.HTTPError, TimeoutError, json.JSONDecodeError, UnicodeDecodeError)
"""All that a call to the client raises for what a server did or did not do."""


def fault_of(error: Exception, url: str) -> Fault:  # noqa: PLR0911 # one line a kind reads best
    """What an exception of the client, raised by a request to `url`, means."""
    if isinstance(error, openai.APIStatusError):
        return _from_status(error, url)
    words = _words_of(error)
    if _is_any(error, ssl.SSLCertVerificationError):
        return Fault(FaultKind.REFUSED_RUN, f"no trusted connection to {url}: {words}")
    if _is_any(error, _NOT_SENT):
        return Fault(FaultKind.UNREACHABLE, f"no server answers at {url}: {words}", hint=_START)
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return Fault(FaultKind.TIMEOUT, f"the server at {url} did not answer in time", hint="raise request_timeout_s")
    if _is_any(error, _UNREADABLE):
        return Fault(FaultKind.GARBLED, f"the answer of {url} cannot be decoded: {words}")
    if type(error) is openai.APIError:  # what the client raises for an error inside a stream that began with 200
        return Fault(FaultKind.OVERLOADED, f"the server at {url} broke off: {words}")
    return Fault(FaultKind.LOST, f"the connection to {url} broke: {words}")


def _from_status(error: openai.APIStatusError, url: str) -> Fault:
    status = error.status_code
    said = one_line(_words_in(error.body))
    if status in _PAGE_STATUSES:
        return Fault(FaultKind.REFUSED_PAGE, f"the server at {url} refused the page ({status}): {said}")
    if status in _RUN_STATUSES:
        message = f"the server at {url} answered {status}: {said}"
        return Fault(FaultKind.REFUSED_RUN, message, hint=_RUN_STATUSES[status], status=status)
    if status == 500:
        return Fault(FaultKind.BROKEN, f"the server at {url} failed on the page (500): {said}")
    if status in {408, 409, 425, 429} or status > 500:
        pause = retry_after_s(error.response.headers.get("retry-after"))
        return Fault(FaultKind.OVERLOADED, f"the server at {url} is overloaded ({status}): {said}", retry_after_s=pause)
    return Fault(FaultKind.GARBLED, f"the server at {url} answered {status}: {said}")


def broken_off(error: object, url: str) -> Fault:
    """What the error means that a stream says it ended with, after it had begun with 200."""
    said = one_line(_words_in(error))
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, int) and code in _PAGE_STATUSES:
        return Fault(FaultKind.REFUSED_PAGE, f"the server at {url} refused the page ({code}): {said}")
    return Fault(FaultKind.OVERLOADED, f"the server at {url} broke off: {said}")


def _words_in(body: object) -> str:
    if isinstance(body, dict):
        inner = body.get("error")
        body = inner if isinstance(inner, dict) else body
        return str(body.get("message") or body.get("detail") or body)
    return str(body or "no reason given")


def retry_after_s(header: str | None, now: datetime | None = None) -> float | None:
    """The pause that a Retry-After header asks for, in seconds or up to a date; None when it says neither."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        seconds = _until(header, now or datetime.now(UTC))
    return seconds if 0 <= seconds < float("inf") else None


def _until(date: str, now: datetime) -> float:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return -1.0
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - now).total_seconds())


def one_line(words: str) -> str:
    """What a server said, made fit for a message: one line, printable, not endless."""
    line = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return line if len(line) <= _MAX_WORDS else line[: _MAX_WORDS - 1] + "…"


def _words_of(error: BaseException) -> str:
    """The innermost reason that has words."""
    words = [str(each) for each in _chain(error) if str(each)]
    return one_line(words[-1]) if words else type(error).__name__


def _is_any(error: BaseException, kinds: type[BaseException] | tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(each, kinds) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
