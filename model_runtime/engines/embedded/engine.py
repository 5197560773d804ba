"""The embedded engine: reads pages side by side, each in a thread."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from typing import ClassVar, Self

from model_runtime.contract import EngineIdentity, PageRequest, Tell, Transcript
from model_runtime.engines.embedded.from_scan import sheet_from_scan
from model_runtime.engines.embedded.from_text_layer import sheet_from_text_layer, stands_for_page
from model_runtime.engines.embedded.markup import markup
from model_runtime.engines.embedded.ocr import installed_version, model_names
from model_runtime.engines.embedded.page_layout import blocks_of
from model_runtime.engines.embedded.reader_pool import ReaderPool
from model_runtime.engines.embedded.settings import EmbeddedSettings
from model_runtime.engines.embedded.sheet import Sheet
from model_runtime.engines.failed_page import failed_page
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.page_threads import PageThreads
from model_runtime.errors import EngineError, PageRejected

LAYOUT_VERSION = 1
"""Goes up whenever the same page would come out in other words, boxes or order."""


class EmbeddedEngine(AbstractContextManager["EmbeddedEngine"]):
    """An `Engine` that needs no model to be downloaded and no GPU.

    It takes the PDF's text layer where that can stand for the page, else reads the pixels with RapidOCR (English and
    Chinese), and finds the layout by geometry. RapidOCR is loaded for the first page that needs it.
    """

    LIMITS: ClassVar[tuple[str, ...]] = (
        "formulas stay lines of text",
        "tables without ruling lines stay lines of text",
        "drawings that are not pictures are not found on pages with a text layer",
        "pixels are read in English and Chinese only",
    )
    """What the engine cannot do, for whoever chooses it."""

    reads_text_layer = True
    reads_again = False

    def __init__(self, settings: EmbeddedSettings | None = None) -> None:
        self._settings = settings or EmbeddedSettings()
        self._readers = ReaderPool(self._settings)
        self._threads = PageThreads("embedded", self._settings.num_pages)

    @classmethod
    def from_options(cls, _options: EngineOptions) -> Self:
        """No option concerns this engine."""
        return cls()

    @property
    def identity(self) -> EngineIdentity:
        return EngineIdentity("embedded", f"rapidocr {installed_version()}, layout {LAYOUT_VERSION}", model_names())

    @property
    def capacity(self) -> int:
        """Pages side by side."""
        return self._settings.num_pages

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:  # noqa: ARG002 # a page comes all at once
        """Tells nothing. What RapidOCR has begun it ends, whether the page was cancelled or not."""
        reading = self._threads.run(partial(self._transcribed, request))
        del request
        with self._readers.page_under_way():
            return await reading

    def close(self) -> None:
        """Waits for RapidOCR to end the pages it reads, and lets go of its models; the next page loads them again."""
        self._threads.close()
        self._readers.clear()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _transcribed(self, request: PageRequest) -> Transcript:
        page_index = request.page_index
        try:
            sheet, note = self._sheet(request)
        except EngineError as error:
            del request
            return failed_page(page_index, error)
        return Transcript(page_index, markup(blocks_of(sheet, page_index), sheet), notes=(note,))

    def _sheet(self, request: PageRequest) -> tuple[Sheet, str]:
        """What is on the page, and one sentence on how that is known."""
        layer = request.text_layer
        if layer is not None and stands_for_page(layer):
            return sheet_from_text_layer(layer, request.width_pt, request.height_pt), "read from the text layer"
        if not self._settings.ocr:
            raise PageRejected("the page has no trustworthy text layer and OCR is switched off", hint="set ocr=True")
        with self._readers.reader() as read:
            lines = read(request.pixels)
        note = "RapidOCR found no text"
        if lines:
            mean = sum(line.score for line in lines) / len(lines)
            note = f"read by RapidOCR (mean confidence {mean:.2f})"
        return sheet_from_scan(lines, request.pixels, request.width_pt, request.height_pt), note
