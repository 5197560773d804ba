"""A transcribed page as bytes and back, without its source: the same content may lie anywhere."""

from __future__ import annotations

import json
import zlib
from dataclasses import fields, make_dataclass
from functools import cache
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.sources.source import Source
from ocr2_loaders.transcription import TranscribedPage

_FACTS = tuple(field.name for field in fields(PageFacts) if field.name != "source")
_READ = tuple(field.name for field in fields(TranscribedPage) if field.name not in {"facts", "error"})
"""Pages with an error are never kept."""

FIELDS = (*_FACTS, *_READ)
"""Part of every key: with other fields, all records are others."""


def record_of(page: TranscribedPage) -> bytes:
    facts = _adapter().dump_python(_record_type()(*(getattr(page, name) for name in FIELDS)))
    return zlib.compress(json.dumps(facts).encode("ascii"))  # lone surrogates, too, are ASCII in JSON


def page_from(record: bytes, source: Source) -> TranscribedPage:
    """Raises: ValueError when the bytes are no record."""
    try:
        facts = _adapter().validate_python(json.loads(zlib.decompress(record)))
    except zlib.error as error:
        raise ValueError(f"no record: {error}") from error
    return TranscribedPage(
        PageFacts(source, **{name: getattr(facts, name) for name in _FACTS}),
        **{name: getattr(facts, name) for name in _READ},
    )


def is_record(record: bytes) -> bool:
    try:
        _adapter().validate_python(json.loads(zlib.decompress(record)))
    except (ValueError, zlib.error):
        return False
    return True


@cache
def _record_type() -> type[Any]:
    hints = get_type_hints(PageFacts) | get_type_hints(TranscribedPage)
    return make_dataclass("Record", [(name, hints[name]) for name in FIELDS])


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(_record_type())
