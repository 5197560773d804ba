"""Pages back from the JSON document that they were written into."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, make_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from ocr2_loaders import errors
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.errors import DamagedDocument, Ocr2Error, UnsupportedFormat
from ocr2_loaders.export.json_document import JSON_VERSION
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.sources.source import FailedSource, FileType, Source

_FACTS = tuple(field.name for field in fields(PageFacts) if field.name != "source")
_READ = tuple(field.name for field in fields(PageResult) if field.name not in {"facts", "error"})


def pages_from_json(document: str | bytes) -> list[PageResult]:
    """The pages that `JSON` wrote, equal to those that were loaded.

    An error comes back with its type and all it says; errors, as Python has it, are equal only to themselves. The file
    itself is not opened: `path` is where a local file lay, and leads nowhere for what came as bytes or from a server.

    Raises: UnsupportedFormat for a document of another version, DamagedDocument for what is no such document.
    """
    try:
        facts = json.loads(document)
        version = facts["schema_version"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedDocument(f"not a document of this project: {error}") from error
    if version != JSON_VERSION:
        raise UnsupportedFormat(
            f"a document of version {version!r}, and this program reads version {JSON_VERSION}",
            hint="convert the document again",
        )
    try:
        pages = facts["pages"]
        source = _source(facts["source"], pages)
        return [_page(page, source) for page in pages]
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise DamagedDocument(f"the document does not fit its schema: {error}") from error


def _source(facts: Mapping[str, Any], pages: list[Mapping[str, Any]]) -> Source | FailedSource:
    """A source without a checksum could not be had; its only page says why."""
    if facts["sha256"] is None:
        return FailedSource(facts["name"], facts["uri"], _error(pages[0]["error"]))
    return Source(
        path=Path(facts["uri"]).absolute(),
        name=facts["name"],
        uri=facts["uri"],
        file_type=FileType(facts["file_type"]),
        num_bytes=facts["num_bytes"],
        sha256=facts["sha256"],
        warnings=tuple(facts["warnings"]),
    )


def _page(facts: Mapping[str, Any], source: Source | FailedSource) -> PageResult:
    blocks = [_block_facts(block, facts["page_index"]) for block in facts["blocks"]]
    known = _adapter().validate_python({**facts, "blocks": blocks})
    error = _error(facts["error"]) if facts["error"] else None
    if isinstance(source, FailedSource):
        error = source.error
    return PageResult(
        PageFacts(source, **{name: getattr(known, name) for name in _FACTS}),
        error=error,
        **{name: getattr(known, name) for name in _READ},
    )


def _block_facts(facts: Mapping[str, Any], page_index: int) -> dict[str, Any]:
    boxes = [dict(zip(("x0", "y0", "x1", "y1"), box, strict=True)) for box in facts["boxes"]]
    return {**facts, "page_index": page_index, "boxes": boxes}


def _error(facts: Mapping[str, Any]) -> Ocr2Error:
    """Of the type with that name; of the type that all have in common, where a later version named a new one."""
    kind = getattr(errors, facts["type"], Ocr2Error) if facts["type"] in errors.__all__ else Ocr2Error
    error: Ocr2Error = kind(
        facts["message"], source=facts["source"], page_number=facts["page_number"], hint=facts["hint"]
    )
    if error.retryable != facts["retryable"]:
        error.retryable = facts["retryable"]
    return error


@cache
def _adapter() -> TypeAdapter[Any]:
    """Checks and builds everything but the source and the error, by the types that the classes themselves name."""
    hints = get_type_hints(PageFacts) | get_type_hints(PageResult)
    return TypeAdapter(make_dataclass("Page", [(name, hints[name]) for name in (*_FACTS, *_READ)], kw_only=True))
