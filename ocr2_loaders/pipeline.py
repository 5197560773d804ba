"""The stages in their order: sources, pages and their filters, transcription, blocks and theirs. No other place knows
it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from functools import cache as only_once
from functools import partial
from typing import TYPE_CHECKING

from model_runtime.contract import Runtime
from model_runtime.engines.registry import AUTO, ENGINES, open_runtime
from ocr2_loaders.blocks import Block, PageResult, PageStatus, blocks_of
from ocr2_loaders.cache import DocumentKeys, PageCache, resumed
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.filters import PageFilter, chosen_filters, filter_versions, filtered, with_blocks_filtered
from ocr2_loaders.pages import FailedPage, PageImage, RenderPool, page_images
from ocr2_loaders.settings import LoadSettings, RecoveryWay, RenderSettings
from ocr2_loaders.sources import FailedSource, PassedOver, Source, SourceInputs, opened_sources
from ocr2_loaders.transcription import RecoveryMeans, SourcePage, TranscribedPage, transcribed

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_DEFAULTS = LoadSettings()

log = logging.getLogger(__name__)


def load(
    inputs: SourceInputs,
    *,
    settings: LoadSettings = _DEFAULTS,
    engine: str | Runtime = AUTO,
    fs: AbstractFileSystem | None = None,
    strict: bool = False,
    passed_over: Callable[[PassedOver], object] | None = None,
) -> Iterator[PageResult]:
    """Every page of every source, in order, as soon as it is done; memory does not grow with the number of pages.

    `inputs` is a path, a folder, a glob, a URL, bytes, a file object, or several of them; with `fs`, strings are paths
    on that file system. `engine` is a name from the registry, or a runtime that stays open and belongs to the caller. A
    page, a document or a source that fails becomes a result with status `FAILED` and its typed error; with `strict`
    that error is raised. Pages that are not read well are read again, as `settings.transcription.recovery` says; with
    `settings.cache`, pages that an earlier run has read are not read at all. `settings.page_filters` work on each page
    before it is read, `settings.block_filters` on its blocks; a filter that gives up on a page fails this page.
    `passed_over` is called with each file below a folder or a glob that is no document; the log hears of it, too, at
    level INFO.

    Raises: EngineUnavailable when the engine cannot run at all; FilterUnavailable when a filter cannot.
    """
    with ExitStack() as stack:
        runtime = stack.enter_context(open_runtime(engine)) if isinstance(engine, str) else engine
        renderers = stack.enter_context(RenderPool(settings.render))
        sources = opened_sources(inputs, settings.source, fs=fs, passed_over=passed_over)
        rendering = _Rendering(settings.render, renderers, chosen_filters(settings.page_filters))
        with_text_layer = runtime.reads_text_layer or _wants_text_layer(settings)
        means = _recovery_means(runtime, rendering, stack)
        cache = _cache_of(settings, runtime, means, rendering.filters, stack)
        pages = _pages_of(sources, replace(rendering, with_text_layer=with_text_layer), cache)
        for page in transcribed(pages, runtime, settings.transcription, means):
            if cache:
                cache.keep(page)
            result = with_blocks_filtered(_result_of(page), settings.block_filters)
            if strict and result.error:
                raise result.error
            yield result


def _cache_of(
    settings: LoadSettings, runtime: Runtime, means: RecoveryMeans, filters: Sequence[PageFilter], stack: ExitStack
) -> PageCache | None:
    """Nothing is kept of runs with a password: whoever reads the pages again would need none."""
    if settings.cache is None or settings.render.password is not None or not runtime.identity.is_repeatable:
        return None
    versions = filter_versions(filters)
    if versions is None:
        log.warning("no page is kept or taken from the cache: a page filter has no name and version")
        return None
    falls_back = RecoveryWay.EMBEDDED in settings.transcription.recovery.ways
    fallback = means.fallback() if falls_back else None
    keys = DocumentKeys(
        runtime.identity,
        settings.render,
        settings.transcription,
        versions,
        fallback=fallback.identity if fallback else None,
    )
    return stack.enter_context(PageCache(settings.cache, keys))


_FALLBACK = "embedded"


def _wants_text_layer(settings: LoadSettings) -> bool:
    """Filters, too, look whether a page was scanned."""
    recovery = settings.transcription.recovery
    compared = recovery.max_missing_words is not None or RecoveryWay.TEXT_LAYER in recovery.ways
    return compared or bool(settings.page_filters)


def _recovery_means(runtime: Runtime, rendering: _Rendering, stack: ExitStack) -> RecoveryMeans:
    """The fallback is opened when the first page needs it, and closed with the stack."""

    def image_of(source: Source, page_index: int) -> PageImage | FailedPage:
        only_this = rendering.settings.model_copy(update={"pages": str(page_index + 1), "max_pages": None})
        try:
            (image,) = replace(rendering, settings=only_this, window=1).pages(source)
        except Ocr2Error as error:
            return FailedPage(page_index, None, error)
        return image

    @only_once
    def fallback() -> Runtime | None:
        if runtime.identity.engine == _FALLBACK or ENGINES[_FALLBACK].missing:
            return None
        return stack.enter_context(open_runtime(_FALLBACK))

    return RecoveryMeans(image_of, fallback)


@dataclass(frozen=True, slots=True)
class _Rendering:
    """How pages become pictures in this run."""

    settings: RenderSettings
    renderers: RenderPool
    filters: tuple[PageFilter, ...] = ()
    with_text_layer: bool = True
    window: int | None = None

    def pages(self, source: Source, without: Container[int] = ()) -> Iterator[PageImage | FailedPage]:
        images = page_images(
            source,
            self.settings,
            with_text_layer=self.with_text_layer,
            window=self.window,
            renderers=self.renderers,
            without=without,
        )
        for image in images:
            yield filtered(image, self.filters, source.name) if isinstance(image, PageImage) else image
            del image  # its pixels are free for the next one


def _pages_of(
    sources: Iterable[Source | FailedSource], rendering: _Rendering, cache: PageCache | None
) -> Iterator[SourcePage]:
    for source in sources:
        if isinstance(source, FailedSource):
            yield SourcePage(source, FailedPage(0, None, source.error))
            continue
        for page in _pages_or_error(source, rendering, cache):
            yield SourcePage(source, page)


def _pages_or_error(
    source: Source, rendering: _Rendering, cache: PageCache | None
) -> Iterator[PageImage | FailedPage | TranscribedPage]:
    """The pages of one document; what ends it early stands as a failed page in the place where it happened."""
    render = partial(rendering.pages, source)
    next_index = 0
    try:
        for page in resumed(source, rendering.settings, cache, render) if cache else render():
            next_index = page.page_index + 1
            yield page
    except Ocr2Error as error:
        yield FailedPage(next_index, None, error)


def _result_of(page: TranscribedPage) -> PageResult:
    facts = {field.name: getattr(page, field.name) for field in fields(page) if field.name != "confidences"}
    blocks = () if page.status is PageStatus.FAILED else _blocks_of(page)
    return PageResult(**facts, blocks=blocks)


def _blocks_of(page: TranscribedPage) -> tuple[Block, ...]:
    return blocks_of(
        page.transcript,
        page_index=page.page_index,
        file_sha256=page.source.identity,
        confidences=dict(page.confidences),
    )
