"""Source in, page images out: lazily, in document order, a bounded number in flight."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from itertools import islice

from ocr2_loaders.errors import DamagedDocument
from ocr2_loaders.pages import answers
from ocr2_loaders.pages.document import Document
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.pages.render_pool import RenderPool
from ocr2_loaders.pages.selection import selected_pages
from ocr2_loaders.settings import RenderSettings
from ocr2_loaders.sources.source import Source

_DEFAULTS = RenderSettings()
_PAGES_AHEAD_PER_WORKER = 2
MAX_FAILURES_IN_A_ROW = 50
"""A file may claim a million pages and have one; after so many failed pages in a row the rest is given up as one."""


def page_images(
    source: Source,
    settings: RenderSettings = _DEFAULTS,
    *,
    with_text_layer: bool = False,
    window: int | None = None,
    renderers: RenderPool | None = None,
    without: Container[int] = (),
) -> Iterator[PageImage | FailedPage]:
    """The selected pages of a source in document order, each rendered shortly before it is asked for.

    `window` is how many pages are in flight at most, two for each render process if None. Without `renderers` the
    iterator has processes of its own, killed when it ends or is closed. The pages `without` are left out of the
    selection. A page that fails is a `FailedPage` in its place.
    After 50 of them in a row one last `FailedPage` with a DamagedDocument stands for all pages that were not tried.

    Raises: DocumentError, SourceNotFound, SelectionError, all of them before the first page.
    """
    with ExitStack() as stack:
        pool = renderers or stack.enter_context(RenderPool(settings))
        document = Document(source, settings, pool, with_text_layer)
        pool.submit(document.open).result()
        selected = selected_pages(settings.pages, document.num_pages)[: settings.max_pages]
        indices = (index for index in selected if index not in without)
        yield from _ended_if_all_fail(document, _in_flight(document, indices, window or _default_window(pool)))


def _default_window(pool: RenderPool) -> int:
    return _PAGES_AHEAD_PER_WORKER * pool.num_workers


def _in_flight(document: Document, indices: Iterable[int], window: int) -> Iterator[PageImage | FailedPage]:
    """The pages in order, with `window` of them rendering or waiting to be fetched."""
    futures: deque[Future[PageImage | FailedPage]] = deque()
    remaining = iter(indices)
    try:
        while True:
            wanted = islice(remaining, window - len(futures))
            futures.extend(document.pool.submit(document.render, index) for index in wanted)
            if not futures:
                return
            yield futures.popleft().result()
    finally:
        for future in futures:
            future.cancel()


def _ended_if_all_fail(document: Document, pages: Iterator[PageImage | FailedPage]) -> Iterator[PageImage | FailedPage]:
    num_failures = 0
    for page in pages:
        num_failures = num_failures + 1 if isinstance(page, FailedPage) else 0
        if num_failures > MAX_FAILURES_IN_A_ROW:
            yield _rest(document, page.page_index)
            return
        yield page
        del page  # its pixels are free for the next one


def _rest(document: Document, page_index: int) -> FailedPage:
    what = (
        f"and what follows were given up, after {MAX_FAILURES_IN_A_ROW} failed pages in a row; "
        f"the file says that it has {document.num_pages} pages"
    )
    error = answers.error(DamagedDocument, what, document.source, page_index + 1)
    return FailedPage(page_index, document.num_pages, error, warnings=document.warnings)
