"""Pages of real PDFs as requests for the embedded engine: pixels and text layer by pdfium, without worker processes."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from model_runtime.box import BoundingBox
from model_runtime.contract import PageRequest
from model_runtime.text_layer import Ruling, TextLayer, TextRun
from ocr2_loaders.pages.worker.text_layer import text_layer as layer_fields


def requests_of(pdf: Path | bytes, *, dpi: int = 144, with_text_layer: bool = True) -> Iterator[PageRequest]:
    """Every page of a PDF."""
    with pdfium.PdfDocument(pdf) as document:
        for page_index in range(len(document)):
            page = document[page_index]
            pixels = pixels_of(page, dpi)
            width, height = page.get_size()
            yield PageRequest(page_index, pixels, width, height, layer_of(page, pixels) if with_text_layer else None)


def pixels_of(page: pdfium.PdfPage, dpi: int) -> NDArray[np.uint8]:
    rendered = page.render(scale=dpi / 72, rev_byteorder=True).to_numpy()
    return np.ascontiguousarray(rendered[..., :3])


def layer_of(page: pdfium.PdfPage, pixels: NDArray[np.uint8]) -> TextLayer:
    height, width, _ = pixels.shape
    buffer = (ctypes.c_ubyte * pixels.size).from_buffer_copy(pixels.tobytes())
    return layer_from(layer_fields(page, (buffer, width, height), has_ink=True))


def layer_from(fields: dict[str, Any]) -> TextLayer:
    """The value that the rows of a render process stand for."""
    return TextLayer(
        runs=tuple(
            TextRun(text, BoundingBox.clipped(*box), *style)
            for text, *rest in fields["runs"]
            for box, style in [(rest[:4], rest[4:])]
        ),
        rulings=tuple(Ruling(BoundingBox.clipped(*box)) for box in fields["rulings"]),
        pictures=tuple(BoundingBox.clipped(*box) for box in fields["pictures"]),
        distrust=fields["distrust"],
    )
