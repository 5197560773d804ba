"""What one call of `load` holds open: the engine, render processes, the cache, threads, and the flow of pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from model_runtime.contract import Engine, EngineIdentity
from model_runtime.engines.registry import ENGINES, open_engine
from ocr2_loaders.blocks import Block, PageResult, PageStatus, blocks_of
from ocr2_loaders.cache import DocumentKeys, PageCache
from ocr2_loaders.filters import chosen_filters, filter_versions, with_blocks_filtered
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.pages import FailedPage, PageImage, RenderPool
from ocr2_loaders.pipeline.drawing import Drawing, DrawnPage
from ocr2_loaders.pipeline.flow import Flow, FlowLimits
from ocr2_loaders.pipeline.live_blocks import LiveBlocks
from ocr2_loaders.pipeline.pixel_room import PixelRoom
from ocr2_loaders.serial_thread import SerialThread
from ocr2_loaders.settings import LoadSettings, RecoveryWay
from ocr2_loaders.sources import FailedSource, PassedOver, Source, SourceInputs, opened_sources
from ocr2_loaders.transcription import PageTurn, Reader, RecoveryMeans, TranscribedPage, Transcribing, failed_page

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

log = logging.getLogger(__name__)

_FALLBACK = "embedded"
_SPARE = 2
"""Pages that are drawn and wait for a place, so that one is always ready when another is done: so many, and half as
many again as the engine reads at once."""
_LOOK_AHEAD = 32
"""Pages for each that the engine reads at once: one that is read in five ways takes twenty times as long as others."""
_MIN_LOOK_AHEAD = 64
_PATIENCE_S = 10.0
"""How long a run that was broken off waits for a source that does not come, before it leaves the thread behind."""

Item = Block | PageResult


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked of `load`; see there."""

    inputs: SourceInputs
    settings: LoadSettings
    engine: str | Engine
    fs: AbstractFileSystem | None = None
    ordered: bool = True
    is_live: bool = False
    passed_over: Callable[[PassedOver], object] | None = None


@dataclass
class _Threads:
    """What would block the event loop is done here: pages are drawn, and drawn again, and everything else is minded."""

    drawing: SerialThread = field(default_factory=lambda: SerialThread("ocr2-drawing"))
    again: SerialThread = field(default_factory=lambda: SerialThread("ocr2-drawing-again"))
    desk: SerialThread = field(default_factory=lambda: SerialThread("ocr2-desk"))

    def close(self) -> None:
        for thread in (self.again, self.desk):
            thread.close()
        self.drawing.close(_PATIENCE_S)


class Run:
    """Opened by the first `batch`, and to be closed whatever happened. Belongs to one event loop."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        self._settings = wish.settings
        self._threads = _Threads()
        self._opened: list[Callable[[], object]] = []
        self._flow: Flow[DrawnPage, Block | TranscribedPage] | None = None
        self._fallback: Reader | None = None
        self._is_fallback_known = False
        self._cache: PageCache | None = None

    async def batch(self) -> list[Item]:
        """What is there to be handed out, at least one item; empty at the end.

        Raises: EngineUnavailable when the engine cannot run at all; FilterUnavailable when a filter cannot.
        """
        self._flow = self._flow or await self._open()
        items = await self._flow.batch()
        if not items:
            if self._reader.over is not None:
                raise self._reader.over
            return []
        return await self._threads.desk.run(self._results, items)

    async def close(self) -> None:
        """Break off what is under way; no process, thread or temporary file is left."""
        try:
            if self._flow is not None:
                await self._flow.close()
        finally:
            while self._opened:
                await self._threads.desk.run(self._opened.pop())
            self._threads.close()

    async def _open(self) -> Flow[DrawnPage, Block | TranscribedPage]:
        desk = self._threads.desk
        engine = await desk.run(self._open_engine, self._wish.engine)
        self._reader = await desk.run(_reader, engine)
        renderers = RenderPool(self._settings.render)
        filters = await desk.run(chosen_filters, self._settings.page_filters)
        self._drawing = Drawing(
            self._settings.render,
            renderers,
            filters,
            engine.reads_text_layer or _wants_text_layer(self._settings),
            Lock(),
        )
        self._cache = await desk.run(self._open_cache)
        self._pages = self._drawing.pages_of(self._sources(), self._cache)
        self._opened.append(lambda: self._threads.drawing.submit(self._pages.close))
        self._opened.append(renderers.close)
        self._room = PixelRoom(self._settings.max_pixel_bytes)
        means = RecoveryMeans(self._image_again, self._fallback_reader)
        self._transcribing = Transcribing(self._reader, self._settings.transcription, means)
        return Flow(self._draw, self._work, self._limits(engine.capacity), ordered=self._wish.ordered)

    def _open_engine(self, engine: str | Engine) -> Engine:
        if not isinstance(engine, str):
            return engine
        opened = open_engine(engine)
        self._opened.append(opened.close)
        return opened

    def _sources(self) -> Iterator[Source | FailedSource]:
        wish = self._wish
        return opened_sources(wish.inputs, self._settings.source, fs=wish.fs, passed_over=wish.passed_over)

    def _limits(self, capacity: int) -> FlowLimits:
        at_once = capacity + max(_SPARE, capacity // 2)
        look_ahead = self._settings.look_ahead or max(_MIN_LOOK_AHEAD, _LOOK_AHEAD * capacity)
        return FlowLimits(at_once, max(at_once, look_ahead))

    async def _draw(self) -> DrawnPage | None:
        await self._room.free()
        if self._reader.over is not None:
            return None
        drawn = await self._threads.drawing.run(next, self._pages, None)
        if drawn is not None and isinstance(drawn.page, PageImage):
            self._room.hold(drawn.page.pixels)
        return drawn

    async def _work(
        self, drawn: DrawnPage, ticket: int, emit: Callable[[Block | TranscribedPage], None]
    ) -> TranscribedPage:
        source, page = drawn.source, drawn.page
        del drawn
        if isinstance(page, TranscribedPage):
            return page
        if isinstance(page, FailedPage):
            return failed_page(source, page)
        tell = LiveBlocks(PageFacts.of_image(source, page), emit).hear if self._wish.is_live else None
        turn = PageTurn(ticket, self._settings.transcription.page_timeout_s, tell)
        reading = self._transcribing.transcribed(source, page, turn)
        del page
        result = await reading
        if self._cache:
            await self._threads.desk.run(self._cache.keep, result)
        return result

    def _results(self, items: list[Block | TranscribedPage]) -> list[Item]:
        return [self._result(item) if isinstance(item, TranscribedPage) else item for item in items]

    def _result(self, page: TranscribedPage) -> PageResult:
        blocks = () if page.status is PageStatus.FAILED else _blocks_of(page)
        return with_blocks_filtered(PageResult.of_transcribed(page, blocks), self._settings.block_filters)

    async def _image_again(self, facts: PageFacts) -> PageImage | FailedPage:
        return await self._threads.again.run(self._drawing.again, facts)

    async def _fallback_reader(self) -> Reader | None:
        """The embedded engine, opened when the first page needs it."""
        if not self._is_fallback_known:
            reader = await self._threads.desk.run(self._open_fallback)
            if not self._is_fallback_known:
                self._fallback, self._is_fallback_known = reader, True
        return self._fallback

    def _open_fallback(self) -> Reader | None:
        if self._reader.identity.engine == _FALLBACK or ENGINES[_FALLBACK].missing:
            return None
        return _reader(self._open_engine(_FALLBACK))

    def _open_cache(self) -> PageCache | None:
        """Nothing is kept of runs with a password: whoever reads the pages again would need none."""
        settings = self._settings
        if settings.cache is None or settings.render.password is not None or not self._reader.identity.is_repeatable:
            return None
        versions = filter_versions(self._drawing.filters)
        if versions is None:
            log.warning("no page is kept or taken from the cache: a page filter has no name and version")
            return None
        keys = DocumentKeys(
            self._reader.identity, settings.render, settings.transcription, versions, fallback=self._fallback_identity()
        )
        cache = PageCache(settings.cache, keys)
        self._opened.append(cache.close)
        return cache

    def _fallback_identity(self) -> EngineIdentity | None:
        if RecoveryWay.EMBEDDED not in self._settings.transcription.recovery.ways:
            return None
        self._fallback, self._is_fallback_known = self._open_fallback(), True
        return self._fallback.identity if self._fallback else None


def _reader(engine: Engine) -> Reader:
    return Reader(engine, engine.identity)


def _wants_text_layer(settings: LoadSettings) -> bool:
    """Filters, too, look whether a page was scanned."""
    recovery = settings.transcription.recovery
    compared = recovery.max_missing_words is not None or RecoveryWay.TEXT_LAYER in recovery.ways
    return compared or bool(settings.page_filters)


def _blocks_of(page: TranscribedPage) -> tuple[Block, ...]:
    return blocks_of(
        page.transcript,
        page_index=page.page_index,
        file_sha256=page.source.identity,
        confidences=dict(page.confidences),
    )
