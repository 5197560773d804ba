"""A document as it is read: without page ends, and without what runs along all pages."""

from __future__ import annotations

from collections.abc import Iterator

from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.structure import JoinedBlock, StructuredDocument, joined_blocks


def flow_of(document: StructuredDocument) -> Iterator[JoinedBlock | str]:
    """The joined blocks in reading order; in between, a line for every page that is not simply good, in its place."""
    joined = {each.id: each for each in joined_blocks(document.pages)}
    for page in document.pages:
        for structured in page.blocks:
            if structured.block.id in joined:
                yield joined[structured.block.id]
        if note := page_note(page.page):
            yield note
