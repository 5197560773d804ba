"""One page as pixels, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_runtime.text_layer import TextLayer
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.pages.outline import OutlineEntry


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """An upright page.

    `pixels` has shape (height, width, 3), dtype uint8, RGB. They lie in memory shared with a render process, which is
    used again once nothing refers to the array. `width_pt` and `height_pt` are the upright page's size in points; for
    image files they follow from the file's own resolution, 72 dpi where it names none. `effective_dpi` is what the
    pixels really have.
    """

    page_index: int
    num_pages: int
    pixels: NDArray[np.uint8]
    width_pt: float
    height_pt: float
    effective_dpi: float
    page_label: str | None = None
    text_layer: TextLayer | None = None
    warnings: tuple[str, ...] = ()
    has_ink: bool = True
    """False where every pixel has the same colour."""
    has_objects: bool = True
    """False where the PDF page draws nothing at all; a page with objects and without ink lost something."""
    outline: tuple[OutlineEntry, ...] = ()
    """The entries of the PDF's outline that lead to this page, in their order."""
    turned_deg: float = 0.0
    """How far filters have turned the picture clockwise about its middle since it was rendered, -180 < … <= 180."""

    @property
    def page_number(self) -> int:
        """Counts from 1."""
        return self.page_index + 1


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that could not be rendered. It keeps its number; the reason says what happened."""

    page_index: int
    num_pages: int | None
    error: Ocr2Error
    page_label: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def page_number(self) -> int:
        """Counts from 1."""
        return self.page_index + 1
