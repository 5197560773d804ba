"""A run with a cache in a process of its own, to be killed: `python cached_run.py SOURCE CACHE OUTPUT COUNTS`.

It writes the document as JSON, a line on stdout for every page that has arrived, and into COUNTS a line for every page
that the engine was asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import ocr2_loaders
from model_runtime.contract import EngineIdentity, PageRequest, Tell, Transcript
from ocr2_loaders.cli.destination import FolderDestination
from ocr2_loaders.cli.output_folder import OutputFolder
from ocr2_loaders.export import FORMATS
from ocr2_loaders.settings import CacheSettings, LoadSettings, RenderSettings
from ocr2_loaders.structure import structured_pages

PAGES_AT_ONCE = 4


class CountingEngine(AbstractContextManager["CountingEngine"]):
    """Reads some pages at once, and notes each page that it is asked for before it does anything."""

    identity = EngineIdentity("counting", "1", "none")
    reads_text_layer = False
    reads_again = False
    capacity = PAGES_AT_ONCE

    def __init__(self, counts: Path) -> None:
        self._counts = os.open(counts, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        os.write(self._counts, f"{request.page_index}\n".encode())
        words = f"Page {request.page_index} has the picture {request.pixels_sha256()}."
        await asyncio.sleep(0.001 * (request.page_index % 7))  # later pages overtake earlier ones
        return Transcript(request.page_index, f"<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n{words}")

    def close(self) -> None:
        """The process ends with it."""

    def __exit__(self, *_: object) -> None:
        self.close()


def main(source: str, cache: str, output: str, counts: str) -> None:
    settings = LoadSettings(cache=CacheSettings(folder=Path(cache)), render=RenderSettings(dpi=36, num_workers=1))
    with OutputFolder(Path(output)) as folder:
        destination = FolderDestination(folder, [FORMATS["json"]])
        pages = ocr2_loaders.load(source, settings=settings, engine=CountingEngine(Path(counts)))
        for page in structured_pages(pages):
            destination.write(page)
            os.write(sys.stdout.fileno(), f"{page.page.page_index}\n".encode())
        destination.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
