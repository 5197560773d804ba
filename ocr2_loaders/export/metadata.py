"""Flat metadata for vector stores and frameworks: the same keys, in the same order, for the same bytes.

Values are plain str, int, float or bool; a key without a value is left out, never None. Nothing depends on the clock,
and on the machine only `source` and `file_path`, which say where the file was found. Coordinates are page-relative,
0..1, from the top left. `page` counts from 0 and `page_number` from 1: both are in use, and no value tells which it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from model_runtime.box import BoundingBox
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.identity import SCHEMA_VERSION
from ocr2_loaders.sources.source import FailedSource, Source

MetadataValue = str | int | float | bool

KEYS = (
    "source",
    "file_path",
    "file_name",
    "file_type",
    "file_sha256",
    "total_pages",
    "page",
    "page_number",
    "page_label",
    "category",
    "block_type",
    "element_id",
    "reading_order",
    "heading_level",
    "bbox_x0",
    "bbox_y0",
    "bbox_x1",
    "bbox_y1",
    "bboxes_json",
    "page_width",
    "page_height",
    "coord_system",
    "text_as_html",
    "page_status",
    "error_type",
    "error",
    "engine",
    "model",
    "schema_version",
)
"""Every key there is, in the order in which all metadata has them: frameworks hash metadata in its order."""

_TO_BE_READ = {"file_name", "page_number", "page_label"}

BOOKKEEPING_KEYS = tuple(key for key in KEYS if key not in _TO_BE_READ)
"""The keys that say nothing to a reader, to be left out of what is embedded and of what a language model sees."""

CATEGORIES = {
    BlockLabel.TITLE: "Title",
    BlockLabel.HEADING: "Title",
    BlockLabel.TEXT: "NarrativeText",
    BlockLabel.LIST: "ListItem",
    BlockLabel.TABLE: "Table",
    BlockLabel.FORMULA: "Formula",
    BlockLabel.FIGURE: "Image",
    BlockLabel.CAPTION: "FigureCaption",
    BlockLabel.FOOTNOTE: "Footer",
    BlockLabel.CODE: "CodeSnippet",
    BlockLabel.REFERENCE: "NarrativeText",
    BlockLabel.HEADER: "Header",
    BlockLabel.FOOTER: "Footer",
    BlockLabel.PAGE_NUMBER: "PageNumber",
    BlockLabel.OTHER: "UncategorizedText",
}
"""What Unstructured calls each kind of block; in its own table, too, a footnote is a `Footer`."""

_DECIMALS = 4


def page_metadata(page: PageResult) -> dict[str, MetadataValue]:
    """What is known of a page, its file and its status."""
    return _flat(_page_facts(page))


def block_metadata(page: PageResult, block: Block) -> dict[str, MetadataValue]:
    """What is known of a block: its page's metadata, with its own kind, place and boxes."""
    return _flat({**_page_facts(page), **_block_facts(block), **_box_facts(block)})


_Facts = Mapping[str, MetadataValue | None]


def _flat(facts: _Facts) -> dict[str, MetadataValue]:
    present = ((key, facts.get(key)) for key in KEYS)
    return {key: _plain(value) for key, value in present if value is not None}


def _plain(value: MetadataValue) -> MetadataValue:
    """Floats rounded; strings that any store can encode (a file name that is not UTF-8 has lone surrogates)."""
    if isinstance(value, float):
        return round(float(value), _DECIMALS)
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def _page_facts(page: PageResult) -> _Facts:
    return {
        **_source_facts(page.source),
        "total_pages": page.num_pages,
        "page": page.page_index,
        "page_number": page.page_number,
        "page_label": page.page_label or str(page.page_number),
        "page_width": page.width_pt or None,
        "page_height": page.height_pt or None,
        "page_status": page.status.value,
        "error_type": type(page.error).__name__ if page.error else None,
        "error": str(page.error) if page.error else None,
        "engine": page.engine.engine if page.engine else None,
        "model": page.engine.model if page.engine else None,
        "schema_version": SCHEMA_VERSION,
    }


def _source_facts(source: Source | FailedSource) -> _Facts:
    where: _Facts = {"source": source.uri, "file_name": source.name}
    if isinstance(source, FailedSource):
        return where
    return {
        **where,
        "file_path": source.uri if Path(source.uri).absolute() == source.path.absolute() else None,
        "file_type": source.file_type.value,
        "file_sha256": source.sha256,
    }


def _block_facts(block: Block) -> _Facts:
    return {
        "category": CATEGORIES[block.label],
        "block_type": block.label.value,
        "element_id": block.id,
        "reading_order": block.reading_order,
        "heading_level": block.heading_level,
        "text_as_html": block.table.html if block.table else None,
    }


def _box_facts(block: Block) -> _Facts:
    whole = block.bounding_box
    if whole is None:
        return {}
    several = len(block.boxes) > 1
    return {
        **dict(zip(("bbox_x0", "bbox_y0", "bbox_x1", "bbox_y1"), _corners(whole), strict=True)),
        "bboxes_json": json.dumps([_corners(box) for box in block.bounding_boxes]) if several else None,
        "coord_system": "relative-topleft",
    }


def _corners(box: BoundingBox) -> list[float]:
    return [round(corner, _DECIMALS) for corner in (box.x0, box.y0, box.x1, box.y1)]
