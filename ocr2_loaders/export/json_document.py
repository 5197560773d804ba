"""Pages as one JSON document: everything that is known of them, and nothing that depends on the clock.

    {"schema_version": 2, "source": {…}, "pages": [{…, "blocks": [{…}, …]}, …]}

Keys stand in a fixed order and are always there. `boxes` are on the model's 0..999 grid, `bounding_boxes` page-relative
0..1, both from the top left. `page_document.schema.json` beside this file is its JSON Schema, and `pages_from_json`
reads it.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

from model_runtime.contract import EngineIdentity
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.export.format import Figures
from ocr2_loaders.export.paged_format import PagedFormat
from ocr2_loaders.sources.source import FailedSource, Source
from ocr2_loaders.structure import StructuredPage
from ocr2_loaders.transcription import Attempt

JSON_VERSION = 2
"""Raised when a key is added, taken away or gets another meaning. The version of ids is another one."""

_BOX_DECIMALS = 4
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def page_as_dict(page: PageResult) -> dict[str, Any]:
    """A page and its blocks as values that JSON knows."""
    return {
        "id": page.id,
        "page_index": page.page_index,
        "page_number": page.page_number,
        "page_label": page.page_label,
        "num_pages": page.num_pages,
        "status": page.status.value,
        "warnings": list(page.warnings),
        "error": _error_as_dict(page.error) if page.error else None,
        "finish_reason": page.finish_reason.value if page.finish_reason else None,
        "engine": _engine_as_dict(page.engine) if page.engine else None,
        "attempts": [_attempt_as_dict(attempt) for attempt in page.attempts],
        "missing_words": page.missing_words,
        "outline": [{"title": entry.title, "depth": entry.depth} for entry in page.outline],
        "width_pt": page.width_pt,
        "height_pt": page.height_pt,
        "width_px": page.width_px,
        "height_px": page.height_px,
        "effective_dpi": page.effective_dpi,
        "turned_deg": page.turned_deg,
        "blocks": [block_as_dict(block) for block in page.blocks],
        "transcript": page.transcript,
        "raw_transcript": page.raw_transcript,
    }


def block_as_dict(block: Block) -> dict[str, Any]:
    """A block as values that JSON knows."""
    return {
        "id": block.id,
        "reading_order": block.reading_order,
        "label": block.label.value,
        "model_label": block.model_label,
        "heading_level": block.heading_level,
        "text": block.text,
        "markdown": block.markdown,
        "boxes": [box.as_list() for box in block.boxes],
        "bounding_boxes": [
            [round(corner, _BOX_DECIMALS) for corner in (box.x0, box.y0, box.x1, box.y1)]
            for box in block.bounding_boxes
        ],
        "table": _table_as_dict(block.table) if block.table else None,
        "latex": block.latex,
        "confidence": block.confidence,
        "notes": list(block.notes),
    }


def _source_as_dict(source: Source | FailedSource) -> dict[str, Any]:
    file = source if isinstance(source, Source) else None
    return {
        "name": source.name,
        "uri": source.uri,
        "file_type": file.file_type.value if file else None,
        "num_bytes": file.num_bytes if file else None,
        "sha256": file.sha256 if file else None,
        "warnings": list(file.warnings) if file else [],
    }


def _table_as_dict(table: Table) -> dict[str, Any]:
    return {"html": table.html, "rows": [list(row) for row in table.rows], "num_header_rows": table.num_header_rows}


def _engine_as_dict(engine: EngineIdentity) -> dict[str, Any]:
    return {field.name: getattr(engine, field.name) for field in fields(engine)}


def _attempt_as_dict(attempt: Attempt) -> dict[str, Any]:
    return {
        "way": attempt.way.value if attempt.way else None,
        "engine": _engine_as_dict(attempt.engine),
        "finish_reason": attempt.finish_reason.value,
        "problem": attempt.problem,
        "is_lasting": attempt.is_lasting,
    }


def _error_as_dict(error: Ocr2Error) -> dict[str, Any]:
    return {
        "type": type(error).__name__,
        "message": error.message,
        "stage": error.stage,
        "source": error.source,
        "page_number": error.page_number,
        "hint": error.hint,
        "retryable": error.retryable,
    }


def _written(value: dict[str, Any]) -> str:
    """Compact JSON as text that can be encoded, whatever the file's name or the model's output held."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _opening(page: StructuredPage) -> str:
    return f'{{"schema_version":{JSON_VERSION},"source":{_written(_source_as_dict(page.page.source))},"pages":[\n'


def _page(page: StructuredPage, _: Figures) -> str:
    return _written(page_as_dict(page.page))


JSON = PagedFormat(suffix=".json", page=_page, separator=",\n", closing="\n]}\n", opening=_opening)
"""One document for each source, one page a line."""
