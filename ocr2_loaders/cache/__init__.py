"""Pages that were read before: kept on this machine, so that no page is read twice, whatever ended the run before."""

from ocr2_loaders.cache.key import DocumentKeys
from ocr2_loaders.cache.page_cache import PageCache
from ocr2_loaders.cache.resumed import resumed
from ocr2_loaders.cache.store import PageStore, StoreFacts

__all__ = ["DocumentKeys", "PageCache", "PageStore", "StoreFacts", "resumed"]
