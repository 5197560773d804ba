"""Which block each block is under."""

from __future__ import annotations

from ocr2_loaders.structure import StructuredBlock, StructuredPage


class Parents:
    """Finds the parents of blocks, page by page: the innermost heading before them, or what a caption is about."""

    def __init__(self) -> None:
        self._headings: list[tuple[int, str]] = []
        self._source: object = None

    def of(self, page: StructuredPage) -> dict[str, str]:
        """The id of the parent of each block of the next page; blocks without one are left out."""
        if page.page.source != self._source:
            self._source, self._headings = page.page.source, []
        found = ((structured.block.id, self._parent(structured)) for structured in page.blocks)
        return {block_id: parent_id for block_id, parent_id in found if parent_id}

    def _parent(self, structured: StructuredBlock) -> str | None:
        if structured.is_running:
            return None
        if structured.captioned_ids:
            return structured.captioned_ids[0]
        level = structured.heading_level
        while level and self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        parent_id = self._headings[-1][1] if self._headings else None
        if level:
            self._headings.append((level, structured.block.id))
        return parent_id
