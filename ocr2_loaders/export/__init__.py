"""What pages are turned into: documents, brief listings, metadata."""

from ocr2_loaders.export.format import NO_FIGURES, DocumentWriter, Figure, Figures, Format
from ocr2_loaders.export.formats import DOCLING, DOCX, FORMATS, UNSTRUCTURED
from ocr2_loaders.export.html_document import HTML
from ocr2_loaders.export.json_document import JSON, block_as_dict, page_as_dict
from ocr2_loaders.export.json_loading import pages_from_json
from ocr2_loaders.export.listing import listing
from ocr2_loaders.export.markdown import MARKDOWN, MARKDOWN_WITH_PAGE_MARKS, markdown_of
from ocr2_loaders.export.paged_format import PagedFormat
from ocr2_loaders.export.text import TEXT
from ocr2_loaders.export.whole_format import WholeFormat

__all__ = [
    "DOCLING",
    "DOCX",
    "FORMATS",
    "HTML",
    "JSON",
    "MARKDOWN",
    "MARKDOWN_WITH_PAGE_MARKS",
    "NO_FIGURES",
    "TEXT",
    "UNSTRUCTURED",
    "DocumentWriter",
    "Figure",
    "Figures",
    "Format",
    "PagedFormat",
    "WholeFormat",
    "block_as_dict",
    "listing",
    "markdown_of",
    "page_as_dict",
    "pages_from_json",
]
