"""Flat metadata for vector stores and frameworks: the same keys, in the same order, for the same bytes.

Values are plain str, int, float or bool; a key without a value is left out, never None. Nothing depends on the clock,
and on the machine only `source` and `file_path`, which say where the file was found. Coordinates are page-relative,
0..1, from the top left, of the page as it was read: `page_turned_deg` is how far filters turned it clockwise before, if
they did. `page` counts from 0 and `page_number` from 1: both are in use, and no value tells which it is.
Everything together stays below the 40 kB that stores allow, however long a file's words are: texts are cut, and a
table's HTML or a list of boxes that is too long is left out, which `notes` then says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from pathlib import Path

from model_runtime.box import BoundingBox
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.identity import SCHEMA_VERSION
from ocr2_loaders.printable import ELLIPSIS
from ocr2_loaders.sources.source import FailedSource, Source
from ocr2_loaders.structure.structured_block import StructuredBlock
from ocr2_loaders.transcription import PageStatus

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
    "page_end",
    "header",
    "footer",
    "category",
    "block_type",
    "element_id",
    "parent_id",
    "reading_order",
    "heading_path",
    "heading_level",
    "caption",
    "bbox_x0",
    "bbox_y0",
    "bbox_x1",
    "bbox_y1",
    "bboxes_json",
    "page_width",
    "page_height",
    "page_turned_deg",
    "coord_system",
    "text_as_html",
    "notes",
    "confidence",
    "page_status",
    "error_type",
    "error",
    "engine",
    "model",
    "schema_version",
)
"""Every key there is, in the order in which all metadata has them: frameworks hash metadata in its order."""

_TO_BE_READ = {"file_name", "page_number", "page_label", "heading_path", "caption"}

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

MIXED = "CompositeElement"
"""What Unstructured calls a chunk of blocks of several kinds."""

_DECIMALS = 4
_LONGEST = {"source": 2048, "file_path": 2048, "text_as_html": 6_000, "bboxes_json": 3_000}
_LONGEST_TEXT = 512
"""In bytes of UTF-8. The longest of all values together, with their keys, stay below 20 kB, because LlamaIndex stores
all metadata twice."""

_WORST_FIRST = (
    PageStatus.FAILED,
    PageStatus.TRUNCATED,
    PageStatus.LOOPED,
    PageStatus.RECOVERED,
    PageStatus.OK,
    PageStatus.BLANK,
)


def page_metadata(
    page: PageResult, *, header: str | None = None, footer: str | None = None
) -> dict[str, MetadataValue]:
    """What is known of a page, its file and its status; `header` and `footer` are its running lines."""
    return _flat({**_page_facts(page), "header": header or None, "footer": footer or None})


def document_metadata(pages: Sequence[PageResult], *, notes: str | None = None) -> dict[str, MetadataValue]:
    """What is known of all pages of one source: of their file, and the worst status of a page; at least one page."""
    facts = {**_page_facts(pages[0]), **_span_facts(pages), "notes": notes or None}
    return _flat({key: value for key, value in facts.items() if key not in _OF_ONE_PAGE})


def block_metadata(
    page: PageResult, structured: StructuredBlock, *, caption: str | None = None, parent_id: str | None = None
) -> dict[str, MetadataValue]:
    """What is known of a block: its page's metadata, with its own kind, place and boxes.

    `caption` are the words of a table's or figure's caption, `parent_id` the id of the block that this one is under.
    """
    block = structured.block
    own: _Facts = {
        "category": CATEGORIES[block.label],
        "block_type": block.label.value,
        "element_id": block.id,
        "parent_id": parent_id,
        "reading_order": block.reading_order,
        "heading_path": joined_path(structured.heading_path),
        "heading_level": structured.heading_level,
        "caption": caption or None,
        "confidence": None if block.confidence is None else round(block.confidence, 2),
    }
    return _flat({**_page_facts(page), **own, **_table_facts(block.table), **_box_facts(block.bounding_boxes)})


def chunk_metadata(chunk: Chunk, *, parent_id: str | None = None) -> dict[str, MetadataValue]:
    """What is known of a chunk: the metadata of the page it begins on, with its own kind, place and boxes.

    `bbox_…` is the place on the page where it begins. `page_end` is the number, from 1, of the page where it ends.
    `page_status` is the worst of its pages'. `parent_id` is the id of the block that it is under.
    """
    first = chunk.pages[0]
    boxes = [each.box.on_page() for each in chunk.boxes if each.page_index == first.page_index]
    own: _Facts = {
        "category": CATEGORIES[chunk.label] if chunk.label else MIXED,
        "block_type": chunk.label.value if chunk.label else None,
        "element_id": chunk.id,
        "parent_id": parent_id,
        "heading_path": joined_path(chunk.heading_path),
        "caption": chunk.caption or None,
        "notes": "; ".join(chunk.notes) or None,
    }
    places = {**_box_facts(boxes), **_boxes_over_pages(chunk)}
    return _flat({**_page_facts(first), **_span_facts(chunk.pages), **own, **_table_facts(chunk.table), **places})


def joined_path(heading_path: Iterable[str]) -> str | None:
    """The headings on one line, the outermost first; None where there are none."""
    return " > ".join(" ".join(heading.split()) for heading in heading_path) or None


_Facts = Mapping[str, MetadataValue | None]
_OF_ONE_PAGE = {"page", "page_number", "page_label", "page_end", "page_width", "page_height", "page_turned_deg"}


def _flat(facts: _Facts) -> dict[str, MetadataValue]:
    left_out = [key for key in _LEFT_OUT_WHOLE if _num_bytes(facts.get(key)) > _LONGEST[key]]
    notes = (facts.get("notes"), *(f"{key} was too long for metadata and is left out" for key in left_out))
    kept = {**facts, **dict.fromkeys(left_out), "notes": "; ".join(str(note) for note in notes if note) or None}
    present = ((key, kept.get(key)) for key in KEYS)
    return {key: _plain(key, value) for key, value in present if value is not None}


_LEFT_OUT_WHOLE = ("text_as_html", "bboxes_json")
"""Half of one would mean something else."""


def _num_bytes(value: MetadataValue | None) -> int:
    return len(str(value).encode("utf-8", "backslashreplace"))


def _plain(key: str, value: MetadataValue) -> MetadataValue:
    """Floats rounded; strings cut that any store can encode (a file name that is not UTF-8 has lone surrogates)."""
    if isinstance(value, float):
        return round(float(value), _DECIMALS)
    if isinstance(value, str):
        return _cut(value.encode("utf-8", "backslashreplace"), _LONGEST.get(key, _LONGEST_TEXT))
    return value


def _cut(text: bytes, longest: int) -> str:
    if len(text) <= longest:
        return text.decode("utf-8")
    return text[: longest - len(ELLIPSIS.encode())].decode("utf-8", "ignore") + ELLIPSIS


def _page_facts(page: PageResult) -> _Facts:
    return {
        **_source_facts(page.source),
        "total_pages": page.num_pages,
        "page": page.page_index,
        "page_number": page.page_number,
        "page_label": page.page_label or str(page.page_number),
        "page_width": page.width_pt or None,
        "page_height": page.height_pt or None,
        "page_turned_deg": page.turned_deg or None,
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


def _span_facts(pages: Sequence[PageResult]) -> _Facts:
    """Where pages end, and the worst that is to be said of them."""
    worst = min(pages, key=lambda page: _WORST_FIRST.index(page.status))
    return {
        "page_end": pages[-1].page_number,
        "page_status": worst.status.value,
        "error_type": type(worst.error).__name__ if worst.error else None,
        "error": str(worst.error) if worst.error else None,
    }


def _table_facts(table: Table | None) -> _Facts:
    return {"text_as_html": table.html if table else None}


def _box_facts(boxes: Sequence[BoundingBox]) -> _Facts:
    if not boxes:
        return {}
    whole = reduce(BoundingBox.union, boxes)
    return {
        **dict(zip(("bbox_x0", "bbox_y0", "bbox_x1", "bbox_y1"), _corners(whole), strict=True)),
        "bboxes_json": _json([_corners(box) for box in boxes]) if len(boxes) > 1 else None,
        "coord_system": "relative-topleft",
    }


def _boxes_over_pages(chunk: Chunk) -> _Facts:
    """The boxes of a chunk that goes over a page end, each with its page's index, from 0, in front."""
    if len({each.page_index for each in chunk.boxes}) < 2:
        return {}
    placed = [[each.page_index, *_corners(each.box.on_page())] for each in chunk.boxes]
    return {"bboxes_json": _json(placed), "coord_system": "relative-topleft"}


def _corners(box: BoundingBox) -> list[float]:
    return [round(corner, _DECIMALS) for corner in (box.x0, box.y0, box.x1, box.y1)]


def _json(boxes: list[list[float]]) -> str:
    return json.dumps(boxes, separators=(",", ":"))
