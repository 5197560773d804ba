"""Pictures of pages that were loaded, rendered anew: results carry no pixels, so that thousands of them stay small."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ocr2_loaders.blocks import Block, PageResult, crop_of
from ocr2_loaders.filters import turned_pixels
from ocr2_loaders.pages import FailedPage, RenderPool, page_images
from ocr2_loaders.settings import RenderSettings
from ocr2_loaders.sources import FailedSource

if TYPE_CHECKING:
    from PIL.Image import Image

_DEFAULTS = RenderSettings()


class Pictures(AbstractContextManager["Pictures"]):
    """Renders any number of pages with one warm worker process."""

    def __init__(self, settings: RenderSettings = _DEFAULTS) -> None:
        self._settings = settings.model_copy(update={"num_workers": 1, "max_pages": None})
        self._renderers = RenderPool(self._settings)

    def of(self, page: PageResult) -> NDArray[np.uint8]:
        """The page's pixels: shape (height, width, 3), RGB, upright, turned as page filters turned them.

        Other filters leave no trace here: the page shows what is in the file.

        Raises: the typed error of a page that has no picture, or whose file is gone.
        """
        if isinstance(page.source, FailedSource):
            raise page.source.error
        only_this = self._settings.model_copy(update={"pages": str(page.page_number)})
        (image,) = page_images(page.source, only_this, renderers=self._renderers)
        if isinstance(image, FailedPage):
            raise image.error
        return turned_pixels(image.pixels, page.turned_deg) if page.turned_deg else image.pixels

    def close(self) -> None:
        self._renderers.close()

    def __exit__(self, *_: object) -> None:
        self.close()


def picture_of(page: PageResult, settings: RenderSettings = _DEFAULTS) -> NDArray[np.uint8]:
    """The pixels of a single page; see `Pictures.of`."""
    with Pictures(settings) as pictures:
        return pictures.of(page)


def figure_of(page: PageResult, block: Block, settings: RenderSettings = _DEFAULTS) -> Image | None:
    """The part of the page's picture inside the block's boxes, None for a block without a box."""
    return crop_of(block, picture_of(page, settings))
