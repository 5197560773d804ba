"""The Unstructured engine: sends pages as pictures and writes the elements that come back as grounded markup."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import Self

import httpx
from pydantic import ValidationError
from unstructured_client import UnstructuredClient
from unstructured_client.models import errors, operations, shared
from unstructured_client.utils import BackoffStrategy, RetryConfig

from model_runtime.contract import EngineIdentity, PageRequest, Transcript
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.png import encoded_png
from model_runtime.engines.unstructured.element import ELEMENTS
from model_runtime.engines.unstructured.markup import markup
from model_runtime.engines.unstructured.settings import UnstructuredSettings
from model_runtime.errors import (
    EmptyTranscript,
    EngineError,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    PageRejected,
)

MAPPING_VERSION = 1
"""Goes up whenever the same elements would be written otherwise."""

_NEEDS_SERVER = "engine 'unstructured' needs a server"
_PAGE_STATUSES = frozenset({400, 413, 422})
_RUN_STATUSES = frozenset({401, 403, 404})
_CLIENT_ERRORS = (errors.UnstructuredClientError, errors.NoResponseError, httpx.HTTPError, ValidationError)


class UnstructuredEngine(AbstractContextManager["UnstructuredEngine"]):
    """A `Runtime` over the Unstructured API; the official client sends, and tries again, for us."""

    reads_text_layer = False

    def __init__(self, settings: UnstructuredSettings | None = None) -> None:
        """Raises: EngineUnavailable where the settings name no server."""
        self.settings = settings or UnstructuredSettings()
        if self.settings.server_url is None:
            raise EngineUnavailable(_NEEDS_SERVER, hint="give server_url, such as http://localhost:8000")
        self._url = self.settings.server_url
        self._connections = httpx.HTTPTransport()
        self._client = _client_for(self.settings, httpx.Client(transport=self._connections))
        self._pool = ThreadPoolExecutor(self.settings.pages_in_flight, thread_name_prefix="unstructured-page")

    @classmethod
    def from_options(cls, options: EngineOptions) -> Self:  # noqa: ARG003 # nothing of them concerns this engine
        """The settings of the environment. Raises: EngineUnavailable where they name no server."""
        settings = UnstructuredSettings.from_env()
        if settings.server_url is None:
            raise EngineUnavailable(
                _NEEDS_SERVER, hint="give OCR2_UNSTRUCTURED_SERVER_URL, such as http://localhost:8000"
            )
        return cls(settings)

    @property
    def identity(self) -> EngineIdentity:
        client = version("unstructured-client")
        return EngineIdentity("unstructured", f"client {client}, mapping {MAPPING_VERSION}", self.settings.strategy)

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        """Draws at most twice as many requests ahead as may be in flight. A refused key ends the run."""
        in_flight: deque[Future[Transcript]] = deque()
        try:
            for request in requests:
                height, width, _ = request.pixels.shape
                page = encoded_png(request.pixels)
                in_flight.append(self._pool.submit(self._transcript, request.page_index, page, width, height))
                while in_flight and (in_flight[0].done() or len(in_flight) >= 2 * self.settings.pages_in_flight):
                    yield in_flight.popleft().result()
            while in_flight:
                yield in_flight.popleft().result()
        finally:
            for waiting in in_flight:
                waiting.cancel()

    def close(self) -> None:
        """Waits for pages that are on their way: what they opened after this would be left to the garbage collector.

        The connections are closed themselves, because the client's own closing does not reach them through its hooks.
        """
        self._pool.shutdown(cancel_futures=True)
        self._connections.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _transcript(self, page_index: int, page: bytes, width: int, height: int) -> Transcript:
        try:
            text = markup(ELEMENTS.validate_python(self._elements(page)), width, height)
        except _CLIENT_ERRORS as error:
            found = _engine_error(error, self._url)
            if isinstance(found, EngineUnavailable):
                raise found from error
            return Transcript.failed(page_index, found)
        if not text:
            return Transcript.failed(page_index, EmptyTranscript("the Unstructured API found nothing on the page"))
        return Transcript(page_index, text)

    def _elements(self, page: bytes) -> object:
        parameters = shared.PartitionParameters(
            files=shared.Files(content=page, file_name="page.png", content_type="image/png"),
            strategy=shared.Strategy(self.settings.strategy),
            coordinates=True,
            split_pdf_page=False,
        )
        answer = self._client.general.partition(request=operations.PartitionRequest(partition_parameters=parameters))
        return answer.elements or []


def _client_for(settings: UnstructuredSettings, http: httpx.Client) -> UnstructuredClient:
    longest_ms = int(settings.retry_for_s * 1000)
    return UnstructuredClient(
        api_key_auth=settings.api_key.get_secret_value() if settings.api_key else None,
        server_url=settings.server_url,
        client=http,
        timeout_ms=int(settings.timeout_s * 1000),
        retry_config=RetryConfig("backoff", BackoffStrategy(250, 15_000, 2.0, longest_ms), longest_ms > 0),
    )


def _engine_error(error: Exception, url: str) -> EngineError:
    if isinstance(error, errors.UnstructuredClientError):
        status = error.status_code
        told = f"the Unstructured API at {url} answered {status}"
        if status in _RUN_STATUSES:
            return EngineUnavailable(told, hint="check OCR2_UNSTRUCTURED_SERVER_URL and OCR2_UNSTRUCTURED_API_KEY")
        if status in _PAGE_STATUSES:
            return PageRejected(told)
        return EngineOverloaded(told) if status == 429 or status >= 500 else EngineError(told)
    if isinstance(error, httpx.ConnectError):
        return EngineUnavailable(f"the Unstructured API does not answer at {url}", hint="is it running?")
    if isinstance(error, httpx.TimeoutException):
        return EngineTimeout(f"the Unstructured API at {url} did not answer in time", hint="raise timeout_s")
    return EngineError(f"the answer of the Unstructured API at {url} cannot be read: {type(error).__name__}")
