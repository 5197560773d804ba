"""The formats there are, by the names that users ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ocr2_loaders.export.format import Format
from ocr2_loaders.export.html_document import HTML
from ocr2_loaders.export.json_document import JSON
from ocr2_loaders.export.markdown import MARKDOWN
from ocr2_loaders.export.text import TEXT
from ocr2_loaders.export.whole_format import WholeFormat

DOCX = WholeFormat(suffix=".docx", module="ocr2_loaders.export.word.document", extra="docx")
"""A Word document with real headings, lists, tables and equations."""

DOCLING = WholeFormat(suffix=".docling.json", module="ocr2_loaders.export.docling", extra="docling", is_text=True)
"""A DoclingDocument as JSON."""

UNSTRUCTURED = WholeFormat(suffix=".unstructured.json", module="ocr2_loaders.export.unstructured", is_text=True)
"""A JSON list of elements, as Unstructured's API returns them."""

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "markdown": MARKDOWN,
        "html": HTML,
        "text": TEXT,
        "json": JSON,
        "docx": DOCX,
        "unstructured": UNSTRUCTURED,
        "docling": DOCLING,
    }
)
"""Every format, by the name that `ocr2 convert --format` takes."""
