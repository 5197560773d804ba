"""The pages of one document, where some of them are known already."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator

from ocr2_loaders.cache.page_cache import PageCache
from ocr2_loaders.pages import FailedPage, PageImage, selected_pages
from ocr2_loaders.settings import RenderSettings
from ocr2_loaders.sources.source import Source
from ocr2_loaders.transcription import TranscribedPage

RenderWithout = Callable[[Container[int]], Iterator[PageImage | FailedPage]]
"""Renders the selected pages of a document, without those whose indices are given."""


def resumed(
    source: Source, selection: RenderSettings, cache: PageCache, render: RenderWithout
) -> Iterator[PageImage | FailedPage | TranscribedPage]:
    """The selected pages in order, of which only those are rendered that are not known. A document of which all pages
    are known is not even opened.

    Raises: what `render` raises, and SelectionError.
    """
    num_pages = cache.num_pages_of(source)
    if num_pages is None:
        yield from render(())
        return
    wanted = selected_pages(selection.pages, num_pages)[: selection.max_pages]
    known = cache.known(source, wanted)
    rendered = render(known.keys())  # nothing happens before its first page is asked for
    for index in wanted:
        if index in known:
            yield cache.page(known[index], source)
        elif (page := next(rendered, None)) is not None:
            yield page
            del page  # its pixels are free for the next one
