"""What pages are turned into: documents, brief listings, metadata."""

from ocr2_loaders.export.format import Format
from ocr2_loaders.export.formats import FORMATS
from ocr2_loaders.export.json_document import JSON, block_as_dict, page_as_dict
from ocr2_loaders.export.listing import listing
from ocr2_loaders.export.markdown import MARKDOWN
from ocr2_loaders.export.text import TEXT

__all__ = [
    "FORMATS",
    "JSON",
    "MARKDOWN",
    "TEXT",
    "Format",
    "block_as_dict",
    "listing",
    "page_as_dict",
]
