"""Pictures of pages that were loaded, rendered anew: results carry no pixels, so that thousands of them stay small."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ocr2_loaders.blocks import Block, PageResult, crop_of
from ocr2_loaders.errors import FilterFailed
from ocr2_loaders.filters import PageFilter, chosen_filters, filtered, turned_pixels
from ocr2_loaders.pages import FailedPage, PageImage, RenderPool, page_images
from ocr2_loaders.settings import PageFilterName, RenderSettings
from ocr2_loaders.sources import FailedSource

if TYPE_CHECKING:
    from PIL.Image import Image

_DEFAULTS = RenderSettings()


class Pictures(AbstractContextManager["Pictures"]):
    """Renders any number of pages with one warm worker process."""

    def __init__(
        self, settings: RenderSettings = _DEFAULTS, page_filters: Sequence[PageFilterName | PageFilter] = ()
    ) -> None:
        """Pages are turned as filters turned them. `page_filters` are for runs with a filter of your own that moves
        what is on a page in another way: all filters of the run, which then work on each picture once more.

        Raises: FilterUnavailable when a package that a filter needs is missing.
        """
        self._filters = chosen_filters(page_filters)
        self._settings = settings.model_copy(update={"num_workers": 1, "max_pages": None})
        self._renderers = RenderPool(self._settings)

    def of(self, page: PageResult) -> NDArray[np.uint8]:
        """The page's pixels: shape (height, width, 3), RGB, upright, in the frame that the page's boxes refer to.

        Raises: the typed error of a page that has no picture, or whose file is gone; FilterFailed where a filter has
        changed the page's shape and is not among the `page_filters`.
        """
        if isinstance(page.source, FailedSource):
            raise page.source.error
        only_this = self._settings.model_copy(update={"pages": str(page.page_number)})
        (image,) = page_images(page.source, only_this, renderers=self._renderers)
        if isinstance(image, PageImage) and self._filters:
            image = filtered(image, self._filters, page.source.name)
        if isinstance(image, FailedPage):
            raise image.error
        pixels = image.pixels if self._filters else turned_pixels(image.pixels, page.turned_deg)
        if not _has_shape_of(page, pixels):
            raise _other_shape(page)
        return pixels

    def close(self) -> None:
        """End the render process; pixels that were handed out stay valid."""
        self._renderers.close()

    def __exit__(self, *_: object) -> None:
        self.close()


def _has_shape_of(page: PageResult, pixels: NDArray[np.uint8]) -> bool:
    """Whether height and width stand to each other as when the page was read, but for the rounding to whole pixels."""
    if not page.width_px:
        return True
    height, width, _ = pixels.shape
    scale = width / page.width_px
    return bool(abs(height - scale * page.height_px) <= 2 + 2 * scale)


def _other_shape(page: PageResult) -> FilterFailed:
    return FilterFailed(
        f"{page.source.name}: page {page.page_number} has another shape in its file than it had when it was read",
        source=page.source.name,
        page_number=page.page_number,
        hint="give all page filters of that run to Pictures",
    )


def picture_of(page: PageResult, settings: RenderSettings = _DEFAULTS) -> NDArray[np.uint8]:
    """The pixels of a single page; see `Pictures.of`."""
    with Pictures(settings) as pictures:
        return pictures.of(page)


def figure_of(page: PageResult, block: Block, settings: RenderSettings = _DEFAULTS) -> Image | None:
    """The part of the page's picture inside the block's boxes, None for a block without a box."""
    return crop_of(block, picture_of(page, settings))
