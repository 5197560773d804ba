"""Files in, pages out: one flow with two faces, a plain iterator and an asynchronous one."""

from __future__ import annotations

import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, cast

from model_runtime.contract import Engine
from model_runtime.engines.registry import AUTO
from model_runtime.loop_thread import LoopThread
from ocr2_loaders.blocks import PageResult
from ocr2_loaders.pipeline.run import Item, Run, Wish
from ocr2_loaders.serial_thread import Ended
from ocr2_loaders.settings import LoadSettings
from ocr2_loaders.sources import PassedOver, SourceInputs

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_DEFAULTS = LoadSettings()


def load(  # noqa: PLR0913 - all but one by their names
    inputs: SourceInputs,
    *,
    settings: LoadSettings = _DEFAULTS,
    engine: str | Engine = AUTO,
    fs: AbstractFileSystem | None = None,
    strict: bool = False,
    ordered: bool = True,
    passed_over: Callable[[PassedOver], object] | None = None,
) -> Iterator[PageResult]:
    """Every page of every source, as soon as it is done; memory does not grow with the number of pages.

    `inputs` is a path, a folder, a glob, a URL, bytes, a file object, or several of them; with `fs`, strings are paths
    on that file system. `engine` is a name from the registry, or an engine that stays open and belongs to the caller.
    As many pages are read at a time as the engine takes; they come in order, or where they are not to be `ordered`, as
    they end. A page, a document or a source that fails becomes a result with status `FAILED` and its typed error; with
    `strict` that error is raised. Pages that are not read well are read again, as `settings.transcription.recovery`
    says; with `settings.cache`, a page is kept as soon as it is read, and one that an earlier run has read is not read
    at all. `settings.page_filters` work on each page before it is read, `settings.block_filters` on its blocks; a
    filter that gives up on a page fails this page. `passed_over` is called with each file below a folder or a glob that
    is no document, in a thread of the run's own; the log hears of it, too, at level INFO.

    Closing the iterator, an exception and Control-C break off what is under way and leave nothing behind.
    Raises: EngineUnavailable when the engine cannot run at all; FilterUnavailable when a filter cannot.
    """
    wish = Wish(inputs, settings, engine, fs, ordered=ordered, passed_over=passed_over)
    for page in cast("Iterator[PageResult]", iterate(wish)):
        yield _accepted(page, strict=strict)


async def aload(  # noqa: PLR0913 - as `load`
    inputs: SourceInputs,
    *,
    settings: LoadSettings = _DEFAULTS,
    engine: str | Engine = AUTO,
    fs: AbstractFileSystem | None = None,
    strict: bool = False,
    ordered: bool = True,
    passed_over: Callable[[PassedOver], object] | None = None,
) -> AsyncGenerator[PageResult, None]:
    """What `load` yields, on the caller's event loop, which it never blocks; it must be asyncio's.

    Cancelling breaks off what is under way. Raises: as `load`.
    """
    run = Run(Wish(inputs, settings, engine, fs, ordered=ordered, passed_over=passed_over))
    try:
        while batch := await run.batch():
            for page in cast("list[PageResult]", batch):
                yield _accepted(page, strict=strict)
    except Ended as ended:
        raise ended.reason from None
    finally:
        await run.close()


def iterate(wish: Wish) -> Iterator[Item]:
    """The items of a run, from an event loop on a thread of its own."""
    loop = LoopThread("ocr2-load")
    run = loop.submit(_made(wish)).result()
    # Not in the finally block: where the program ends in between, that is reached only when all threads are gone.
    end = weakref.finalize(run, _ended, loop, run.close)
    try:
        while batch := loop.submit(run.batch()).result():
            yield from batch
    except Ended as ended:
        raise ended.reason from None
    finally:
        end()


def _ended(loop: LoopThread, close: Callable[[], Coroutine[None, None, None]]) -> None:
    try:
        loop.submit(close()).result()
    finally:
        loop.close()


async def _made(wish: Wish) -> Run:
    return Run(wish)


def _accepted(page: PageResult, *, strict: bool) -> PageResult:
    if strict and page.error:
        raise page.error
    return page
