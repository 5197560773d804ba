"""Page images through an engine, for tests that need no document."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from model_runtime.contract import Engine
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.settings import TranscriptionSettings
from ocr2_loaders.transcription import PageTurn, Reader, RecoveryMeans, TranscribedPage, Transcribing
from tests.support.requests import source

_DEFAULTS = TranscriptionSettings()


def reader_of(engine: Engine) -> Reader:
    """To be made on the event loop that it belongs to."""
    return Reader(engine, engine.identity)


def means_of(image_of: Callable[[int], PageImage | FailedPage], fallback: Engine | None = None) -> RecoveryMeans:
    """Pages of these pictures, by their index, and an engine to fall back on."""

    async def image_again(facts: PageFacts) -> PageImage | FailedPage:
        return image_of(facts.page_index)

    async def fallback_reader() -> Reader | None:
        return reader_of(fallback) if fallback else None

    return RecoveryMeans(image_again, fallback_reader)


def transcribed(
    pages: Sequence[PageImage],
    engine: Engine,
    settings: TranscriptionSettings = _DEFAULTS,
    means: RecoveryMeans | None = None,
) -> list[TranscribedPage]:
    """All pages, in their order, begun at once."""

    async def at_once() -> list[TranscribedPage]:
        transcribing = Transcribing(reader_of(engine), settings, means)
        turns = (PageTurn(number, settings.page_timeout_s) for number in range(len(pages)))
        return await asyncio.gather(
            *(transcribing.transcribed(source(), page, turn) for page, turn in zip(pages, turns, strict=False))
        )

    return asyncio.run(at_once())
