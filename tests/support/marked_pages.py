"""Documents of a few pages, written out block by block, for tests of what their pages say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model_runtime.box import GridBox
from model_runtime.grounding import written
from ocr2_loaders.blocks import PageResult, PageStatus, blocks_of
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.sources.source import Source
from tests.support.requests import source
from tests.support.results import changed

Place = tuple[int, int, int, int]
"""x0, y0, x1, y1 on the model's grid."""


def a_source(name: str = "a") -> Source:
    """Sources of different names have different contents."""
    return replace(source(), name=f"{name}.pdf", sha256=name.encode().hex().zfill(64)[-64:])


def page_of(page_index: int, transcript: str, document: Source | None = None, **facts: object) -> PageResult:
    """A page with the blocks of a transcript."""
    origin = document or a_source()
    blocks = blocks_of(transcript, page_index=page_index, file_sha256=origin.sha256)
    page = PageFacts(origin, page_index, None, width_pt=612.0, height_pt=792.0)
    return changed(PageResult(page, PageStatus.OK, blocks, transcript), **facts)


def pages_of(*transcripts: str, document: Source | None = None) -> list[PageResult]:
    return [page_of(index, transcript, document) for index, transcript in enumerate(transcripts)]


def spans(*parts: tuple[str, str] | tuple[str, str, Place]) -> str:
    """A transcript of (label, body) or (label, body, place); those without a place stand below one another."""
    return "\n\n".join(_span(part, number, len(parts)) for number, part in enumerate(parts))


def _span(part: Sequence[object], number: int, count: int) -> str:
    label, body, *place = part
    top, bottom = (100 + 800 * edge // count for edge in (number, number + 1))
    box = GridBox(*place[0]) if place else GridBox(100, top, 900, max(top, bottom - 5))  # type: ignore[misc]  # a Place
    return written(str(label), [box], f"\n{body}")
