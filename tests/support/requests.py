"""Page requests and page images for tests that need no document."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model_runtime.contract import PageRequest
from ocr2_loaders.pages.page_image import PageImage
from ocr2_loaders.sources.source import FileType, Source


def request(page_index: int = 0, *, shade: int = 255) -> PageRequest:
    """A small page of one shade."""
    return PageRequest(page_index, np.full((40, 30, 3), shade, np.uint8), 30.0, 40.0)


def page_image(page_index: int = 0, *, num_pages: int = 1, has_ink: bool = True, has_objects: bool = True) -> PageImage:
    pixels = np.full((40, 30, 3), 255, np.uint8)
    return PageImage(
        page_index, num_pages, pixels, 30.0, 40.0, 72.0, has_ink=has_ink, has_objects=has_objects, warnings=("creased",)
    )


def source(name: str = "report.pdf") -> Source:
    return Source(Path(name), name, name, FileType.PDF, 1000, "0" * 64)
