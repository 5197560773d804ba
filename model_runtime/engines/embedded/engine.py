"""The embedded engine: reads pages side by side and hands transcripts out in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import chain, islice
from typing import ClassVar, Self

from model_runtime.contract import EngineIdentity, PageRequest, Transcript
from model_runtime.engines.embedded.from_scan import sheet_from_scan
from model_runtime.engines.embedded.from_text_layer import sheet_from_text_layer, stands_for_page
from model_runtime.engines.embedded.markup import markup
from model_runtime.engines.embedded.ocr import installed_version, model_names
from model_runtime.engines.embedded.page_layout import blocks_of
from model_runtime.engines.embedded.reader_pool import ReaderPool
from model_runtime.engines.embedded.settings import EmbeddedSettings
from model_runtime.engines.embedded.sheet import Sheet
from model_runtime.engines.options import EngineOptions
from model_runtime.errors import EngineError, PageRejected

LAYOUT_VERSION = 1
"""Goes up whenever the same page would come out in other words, boxes or order."""


class EmbeddedEngine(AbstractContextManager["EmbeddedEngine"]):
    """A `Runtime` that needs no model to be downloaded and no GPU.

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
        self._readers = ReaderPool(self._settings.min_score)

    @classmethod
    def from_options(cls, _options: EngineOptions) -> Self:
        """No option concerns this engine."""
        return cls()

    @property
    def identity(self) -> EngineIdentity:
        return EngineIdentity("embedded", f"rapidocr {installed_version()}, layout {LAYOUT_VERSION}", model_names())

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        """Draws at most one request more than there are pages in flight."""
        waiting = iter(requests)
        first = list(islice(waiting, 2))
        alone = len(first) < 2
        num_threads = self._settings.num_threads_alone if alone else self._settings.num_threads
        num_pages = 1 if alone else self._settings.num_pages
        pool = ThreadPoolExecutor(num_pages, thread_name_prefix="embedded-page")
        in_flight: deque[Future[Transcript]] = deque()
        try:
            for request in chain(first, waiting):
                in_flight.append(pool.submit(self._transcribed, request, num_threads))
                if len(in_flight) > num_pages:
                    yield in_flight.popleft().result()
            while in_flight:
                yield in_flight.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def close(self) -> None:
        """Lets go of the loaded models; another run loads them again."""
        self._readers.clear()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _transcribed(self, request: PageRequest, num_threads: int) -> Transcript:
        try:
            sheet, note = self._sheet(request, num_threads)
        except EngineError as error:
            error.page_number = request.page_index + 1
            return Transcript.failed(request.page_index, error)
        text = markup(blocks_of(sheet, request.page_index), sheet)
        return Transcript(request.page_index, text, notes=(note,))

    def _sheet(self, request: PageRequest, num_threads: int) -> tuple[Sheet, str]:
        """What is on the page, and one sentence on how that is known."""
        layer = request.text_layer
        if layer is not None and stands_for_page(layer):
            return sheet_from_text_layer(layer, request.width_pt, request.height_pt), "read from the text layer"
        if not self._settings.ocr:
            raise PageRejected("the page has no trustworthy text layer and OCR is switched off", hint="set ocr=True")
        with self._readers.reader(num_threads) as read:
            lines = read(request.pixels)
        note = "RapidOCR found no text"
        if lines:
            mean = sum(line.score for line in lines) / len(lines)
            note = f"read by RapidOCR (mean confidence {mean:.2f})"
        return sheet_from_scan(lines, request.pixels, request.width_pt, request.height_pt), note
