"""Pages: a source in, upright page images out, rendered in processes of their own."""

from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.pages.render_pool import RenderPool
from ocr2_loaders.pages.rendering import page_images
from ocr2_loaders.pages.selection import selected_pages

__all__ = ["FailedPage", "PageImage", "RenderPool", "page_images", "selected_pages"]
