"""The server and the engine together, as most tests want them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from model_runtime.contract import PageRequest, Transcript
from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.pages import numbered_pages, transcript_of
from tests.support.openai_server.server import OpenAiServer
from tests.support.reading import transcripts_of


@contextmanager
def served(app: OpenAiApp, **settings: Any) -> Iterator[EndpointEngine]:
    """An engine before a server of the app."""
    with OpenAiServer(app) as server, EndpointEngine(EndpointSettings(base_urls=(server.url,), **settings)) as engine:
        yield engine


def transcribed(app: OpenAiApp, pages: int | Iterable[PageRequest], **settings: Any) -> list[Transcript]:
    """Every transcript; what fails all pages is the test's failure."""
    requests = numbered_pages(pages) if isinstance(pages, int) else pages
    with served(app, **settings) as engine:
        return transcripts_of(engine, requests)


def assert_all_good(transcripts: list[Transcript], num_pages: int) -> None:
    """None lost, none doubled, in order, and each text belongs to its page."""
    assert [each.error for each in transcripts if each.error] == []
    assert [(each.page_index, each.text) for each in transcripts] == [(i, transcript_of(i)) for i in range(num_pages)]
