import ssl
from datetime import UTC, datetime

import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.endpoint.diagnosis import CLIENT_ERRORS, broken_off, fault_of, one_line, retry_after_s
from model_runtime.engines.endpoint.fault import FaultKind
from model_runtime.errors import EngineError

URL = "http://server:8000/v1"
REQUEST = httpx.Request("POST", URL)


def _status_error(status: int, **headers: str) -> openai.APIStatusError:
    body = {"error": {"message": "prompt\ntoo long", "code": status}}
    response = httpx.Response(status, request=REQUEST, headers=headers)
    return openai.APIStatusError("shown to nobody", response=response, body=body)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FaultKind.REFUSED_PAGE),
        (413, FaultKind.REFUSED_PAGE),
        (422, FaultKind.REFUSED_PAGE),
        (401, FaultKind.REFUSED_RUN),
        (403, FaultKind.REFUSED_RUN),
        (404, FaultKind.REFUSED_RUN),
        (408, FaultKind.OVERLOADED),
        (429, FaultKind.OVERLOADED),
        (500, FaultKind.BROKEN),
        (502, FaultKind.OVERLOADED),
        (503, FaultKind.OVERLOADED),
        (529, FaultKind.OVERLOADED),
        (307, FaultKind.GARBLED),
        (418, FaultKind.GARBLED),
    ],
)
def test_every_status_has_its_meaning_and_the_servers_own_words(status: int, kind: FaultKind) -> None:
    fault = fault_of(_status_error(status), URL)
    assert fault.kind is kind
    assert URL in fault.message
    assert "prompt too long" in fault.message


def _caused_by(cause: Exception) -> Exception:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_caused_by(httpx.ConnectError("refused")), FaultKind.UNREACHABLE),
        (_caused_by(httpx.ConnectTimeout("late")), FaultKind.UNREACHABLE),
        (_caused_by(httpx.ReadError("reset")), FaultKind.LOST),
        (_caused_by(httpx.RemoteProtocolError("peer closed")), FaultKind.LOST),
        (_caused_by(httpx.DecodingError("bad gzip")), FaultKind.GARBLED),
        (_caused_by(ssl.SSLCertVerificationError("self-signed")), FaultKind.REFUSED_RUN),
        (openai.APITimeoutError(request=REQUEST), FaultKind.TIMEOUT),
        (TimeoutError(), FaultKind.TIMEOUT),
        (openai.APIError("engine broke", REQUEST, body=None), FaultKind.OVERLOADED),
        (httpx.ReadError("reset"), FaultKind.LOST),
    ],
)
def test_every_way_to_lose_an_answer_has_its_meaning(error: Exception, kind: FaultKind) -> None:
    assert fault_of(error, URL).kind is kind


def test_no_exception_of_the_client_is_left_out() -> None:
    public = [getattr(openai, name) for name in openai.__all__]
    exceptions = [each for each in public if isinstance(each, type) and issubclass(each, Exception)]
    assert len(exceptions) > 10
    others = {each for each in exceptions if not issubclass(each, CLIENT_ERRORS)}
    assert others <= {openai.InvalidWebhookSignatureError}  # of messages that a server sends to its users


def test_faults_become_typed_errors_that_know_whether_to_try_again() -> None:
    for status in (400, 401, 429, 500):
        error = fault_of(_status_error(status), URL).as_error()
        assert isinstance(error, EngineError)
        assert error.retryable == (status >= 429)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("5", 5.0), ("0.2", 0.2), ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0), ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0)],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float) -> None:
    assert retry_after_s(header, datetime(2026, 11, 21, 12, tzinfo=UTC)) == seconds


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "nan", "inf", "1e999"])
def test_a_retry_after_that_says_nothing_is_none(header: str | None) -> None:
    assert retry_after_s(header) is None


@given(st.text())
def test_no_header_can_break_the_reading(header: str) -> None:
    seconds = retry_after_s(header)
    assert seconds is None or 0 <= seconds < float("inf")


@given(st.text(max_size=2000))
def test_what_a_server_says_is_one_printable_line(words: str) -> None:
    line = one_line(words)
    assert line.isprintable()
    assert len(line) <= 200


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "engine broke", "code": 500}, FaultKind.OVERLOADED),
        ({"message": "prompt too long", "code": 400}, FaultKind.REFUSED_PAGE),
        ({"message": "what code?", "code": []}, FaultKind.OVERLOADED),
        ("words", FaultKind.OVERLOADED),
        ([1], FaultKind.OVERLOADED),
    ],
)
def test_an_error_inside_a_stream_has_its_meaning_and_the_servers_own_words(error: object, kind: FaultKind) -> None:
    fault = broken_off(error, URL)
    assert fault.kind is kind
    words = str(error["message"]) if isinstance(error, dict) else str(error)
    assert words in fault.message
