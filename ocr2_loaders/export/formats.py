"""The formats there are, by the names that users ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ocr2_loaders.export.format import Format
from ocr2_loaders.export.html_document import HTML
from ocr2_loaders.export.json_document import JSON
from ocr2_loaders.export.markdown import MARKDOWN
from ocr2_loaders.export.text import TEXT

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "markdown": MARKDOWN,
        "html": HTML,
        "text": TEXT,
        "json": JSON,
    }
)
