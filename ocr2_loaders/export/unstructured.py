"""Pages as Unstructured's elements: a list of `{"type", "element_id", "text", "metadata"}`, as its API returns them.

Coordinates are pixels of the page's picture from the top left (`PixelSpace`, the only one of Unstructured's systems
with that origin), the corners in the order upper left, lower left, lower right, upper right. Ids are this project's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.export.format import NO_FIGURES, Figures
from ocr2_loaders.export.inline import plain_text
from ocr2_loaders.export.list_items import list_items
from ocr2_loaders.export.metadata import CATEGORIES
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.export.paged_format import encoded
from ocr2_loaders.sources.source import Source
from ocr2_loaders.structure import StructuredBlock, StructuredDocument

Element = dict[str, Any]
_DECIMALS = 2


def document_bytes(document: StructuredDocument, figures: Figures) -> bytes:
    return encoded(json.dumps(list(elements_of(document, figures)), ensure_ascii=False, indent=1) + "\n")


def elements_of(document: StructuredDocument, figures: Figures = NO_FIGURES) -> Iterator[Element]:
    """The blocks as elements, in reading order; a page that is not simply good has one more that says so.

    `parent_id` leads from a block to the heading it stands under, from a caption to what it is about.
    """
    headings: list[tuple[int, str]] = []
    for page in document.pages:
        for structured in page.blocks:
            parent_id = _parent_id(structured, headings)
            for element in _elements(structured.block, page.page):
                yield _completed(element, structured, parent_id, figures)
        if note := page_note(page.page):
            yield _element("UncategorizedText", page.page.id, note, _place(page.page))


def _parent_id(structured: StructuredBlock, headings: list[tuple[int, str]]) -> str | None:
    """What the block stands under; a heading is put on the stack that `headings` is."""
    if structured.is_running:
        return None
    if structured.captioned_ids:
        return structured.captioned_ids[0]
    level = structured.heading_level
    if level is None:
        return headings[-1][1] if headings else None
    while headings and headings[-1][0] >= level:
        headings.pop()
    parent_id = headings[-1][1] if headings else None
    headings.append((level, structured.block.id))
    return parent_id


def _elements(block: Block, page: PageResult) -> Iterator[Element]:
    """One element, or one for each item of a list."""
    category, metadata = CATEGORIES[block.label], {**_place(page), **_coordinates(block, page)}
    items = list_items(block.markdown) if block.label is BlockLabel.LIST else []
    if len(items) < 2:
        yield _element(category, block.id, block.text, metadata)
        return
    for number, item in enumerate(items):
        item_id = hashlib.sha256(f"{block.id}/{number}".encode()).hexdigest()[:32]
        yield _element(category, item_id, plain_text(item.markdown), {**metadata, "category_depth": item.depth})


def _element(category: str, element_id: str, text: str, metadata: dict[str, Any]) -> Element:
    return {"type": category, "element_id": element_id, "text": text, "metadata": metadata}


def _completed(element: Element, structured: StructuredBlock, parent_id: str | None, figures: Figures) -> Element:
    block, level = structured.block, structured.heading_level
    facts = {
        "category_depth": None if level is None else level - 1,
        "parent_id": parent_id,
        "text_as_html": block.table.html if block.table else None,
        "image_path": figures[block.id].link if block.id in figures else None,
    }
    known = {name: value for name, value in facts.items() if value is not None}
    return {**element, "metadata": {**element["metadata"], **known}}


def _place(page: PageResult) -> dict[str, Any]:
    source = page.source
    file_type = {"filetype": source.file_type.value} if isinstance(source, Source) else {}
    return {"filename": source.name, **file_type, "page_number": page.page_number}


def _coordinates(block: Block, page: PageResult) -> dict[str, Any]:
    box = block.bounding_box
    if box is None or not page.width_px:
        return {}
    left, right = (round(x * page.width_px, _DECIMALS) for x in (box.x0, box.x1))
    top, bottom = (round(y * page.height_px, _DECIMALS) for y in (box.y0, box.y1))
    points = [[left, top], [left, bottom], [right, bottom], [right, top]]
    size = {"system": "PixelSpace", "layout_width": page.width_px, "layout_height": page.height_px}
    return {"coordinates": {"points": points, **size}}
