"""What may be done to a page before it is read, and to its blocks before they are handed out."""

from ocr2_loaders.filters.block_filter import BlockFilter, with_blocks_filtered
from ocr2_loaders.filters.page_filter import PageFilter, filtered
from ocr2_loaders.filters.selection import FilterVersion, chosen_filters, filter_versions
from ocr2_loaders.filters.turning import turned, turned_pixels

__all__ = [
    "BlockFilter",
    "FilterVersion",
    "PageFilter",
    "chosen_filters",
    "filter_versions",
    "filtered",
    "turned",
    "turned_pixels",
    "with_blocks_filtered",
]
