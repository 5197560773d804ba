"""The Unstructured engine: sends pages as pictures and writes the elements that come back as grounded markup."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from importlib.metadata import version
from threading import Lock
from typing import Self

import httpx
from pydantic import ValidationError
from unstructured_client.models import errors

from model_runtime.contract import EngineIdentity, PageRequest, Tell, Transcript
from model_runtime.engines.in_flight import awaited, closed_in_mid_run
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.page_threads import PageThreads
from model_runtime.engines.png import encoded_png
from model_runtime.engines.unstructured.connection import Connection
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
from model_runtime.loop_thread import LoopThread

MAPPING_VERSION = 1
"""Goes up whenever the same elements would be written otherwise."""

_NEEDS_SERVER = "engine 'unstructured' needs a server"
_PAGE_STATUSES = frozenset({400, 413, 422})
_RUN_STATUSES = frozenset({401, 403, 404})
_CLIENT_ERRORS = (errors.UnstructuredClientError, errors.NoResponseError, httpx.HTTPError, ValidationError)


class UnstructuredEngine(AbstractContextManager["UnstructuredEngine"]):
    """An `Engine` over the Unstructured API. Pages are encoded in a thread and sent from an event loop of its own."""

    reads_text_layer = False
    reads_again = True

    def __init__(self, settings: UnstructuredSettings | None = None) -> None:
        """Raises: EngineUnavailable where the settings name no server."""
        self.settings = settings or UnstructuredSettings()
        if self.settings.server_url is None:
            raise EngineUnavailable(_NEEDS_SERVER, hint="give server_url, such as http://localhost:8000")
        self._url = self.settings.server_url
        self._encoding = PageThreads("unstructured", 1)
        self._loop = LoopThread("unstructured-loop")
        self._connection: Connection | None = None
        self._num_closed = 0
        self._sending = Lock()

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

    @property
    def capacity(self) -> int:
        """Pages at the server at a time."""
        return self.settings.pages_in_flight

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:  # noqa: ARG002 # all at once
        """Tells nothing. A page that is cancelled is taken from the server. A refused key fails every page."""
        num_closed = self._num_closed
        page_index, (height, width, _) = request.page_index, request.pixels.shape
        encoding = self._encoding.run(partial(encoded_png, request.pixels))
        del request  # from here on there is only the PNG
        png = await encoding
        with self._sending:
            if self._num_closed > num_closed:
                raise closed_in_mid_run("unstructured")
            sent = self._loop.submit(self._transcript(page_index, png, width, height))
        return await awaited(sent, "unstructured")

    def close(self) -> None:
        """Pages on their way are broken off; another page connects anew."""
        self._encoding.close()
        with self._sending:
            self._num_closed += 1
            if self._connection is not None:
                self._loop.cancel_all()
                self._loop.submit(self._connection.close()).result()
                self._connection = None
            self._loop.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _transcript(self, page_index: int, png: bytes, width: int, height: int) -> Transcript:
        if self._connection is None:
            self._connection = Connection(self.settings)
        try:
            text = markup(ELEMENTS.validate_python(await self._connection.elements(png)), width, height)
        except _CLIENT_ERRORS as error:
            found = _engine_error(error, self._url)
            if isinstance(found, EngineUnavailable):
                raise found from error
            return Transcript.failed(page_index, found)
        if not text:
            return Transcript.failed(page_index, EmptyTranscript("the Unstructured API found nothing on the page"))
        return Transcript(page_index, text)


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
