"""Blocks as their author wrote them: what a page end cut in two, is one again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.structure.document_end import is_same_document
from ocr2_loaders.structure.page_end import MAX_PAGES_BETWEEN, is_passed_over
from ocr2_loaders.structure.seam import lines_without_head, paragraphs_joined, tables_joined
from ocr2_loaders.structure.structured_block import StructuredBlock
from ocr2_loaders.structure.structured_page import StructuredPage

_MOST_PARTS = 100
"""Pages; a ledger as long as its whole file is given in pieces of this length, so that it is never held as a whole."""


@dataclass(frozen=True, slots=True)
class JoinedBlock:
    """A block and those on later pages that go on with it; most blocks are joined with none.

    `parts` are the blocks as they stand on their pages, at least one, and `pages` the page of each. Nothing is lost by
    joining: the parts keep their own texts, boxes and ids.
    """

    parts: tuple[StructuredBlock, ...]
    pages: tuple[StructuredPage, ...]

    @property
    def first(self) -> StructuredBlock:
        """The part that the block begins with; its id and its place in the outline are those of the whole."""
        return self.parts[0]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of all parts, in order."""
        return tuple(part.block for part in self.parts)

    @property
    def id(self) -> str:
        """That of the first part."""
        return self.first.block.id

    @property
    def label(self) -> BlockLabel:
        """That of the first part, which is that of all."""
        return self.first.block.label

    @property
    def heading_path(self) -> tuple[str, ...]:
        """The headings that the block begins under, the outermost first."""
        return self.first.heading_path

    @property
    def text(self) -> str:
        """The whole text: words that were cut at a page end are whole, table heads stand once."""
        if self.label is BlockLabel.TABLE:
            return "\n".join(
                lines_without_head(part.block.text, num_rows)
                for part, num_rows in zip(self.parts, self._num_rows_left_out, strict=True)
            )
        return reduce(paragraphs_joined, (block.text for block in self.blocks))

    @property
    def markdown(self) -> str:
        """What to show: a table over several pages as one HTML table, other blocks joined as in `text`."""
        if len(self.parts) > 1 and (table := self.table):
            return table.html
        return reduce(paragraphs_joined, (block.markdown for block in self.blocks))

    @property
    def table(self) -> Table | None:
        """All rows of a table, without those that only repeat its head."""
        tables = [
            (part.block.table, num_rows)
            for part, num_rows in zip(self.parts, self._num_rows_left_out, strict=True)
            if part.block.table
        ]
        return tables_joined(tables) if tables else None

    @property
    def row_parts(self) -> tuple[int, ...]:
        """For each row of `table` the place in `parts` of the block that it stands in, hence its page and boxes."""
        return tuple(
            place
            for place, (part, num_rows) in enumerate(zip(self.parts, self._num_rows_left_out, strict=True))
            if part.block.table
            for _ in part.block.table.rows[num_rows:]
        )

    @property
    def _num_rows_left_out(self) -> tuple[int, ...]:
        """Of each part; the first keeps its head, whatever it goes on with."""
        return (0, *(part.num_repeated_header_rows for part in self.parts[1:]))


def joined_blocks(pages: Iterable[StructuredPage]) -> Iterator[JoinedBlock]:
    """The blocks of all documents in reading order, joined over page ends, without running blocks.

    A joined block stands where its first part does. The blocks of a page are held back until the next page with text of
    the same document has come, or the document's end.
    """
    joiner = Joiner()
    for page in pages:
        yield from joiner.blocks_before(page)
    yield from joiner.rest()


class Joiner:
    """Joins blocks while pages come in, for whoever has to know with which page a block was complete."""

    def __init__(self) -> None:
        self._held: dict[str, JoinedBlock] = {}
        self._last_page: StructuredPage | None = None
        self._num_passed = 0

    def blocks_before(self, page: StructuredPage) -> Iterator[JoinedBlock]:
        """Take `page`, and give back the blocks that neither it nor any later page goes on with."""
        if self._last_page and not is_same_document(self._last_page.page, page.page):
            yield from self.rest()
        self._last_page = page
        for structured in page.blocks:
            if not structured.is_running:
                self._add(structured, page)
        text_blocks = [structured.block for structured in page.blocks if not structured.is_running]
        self._num_passed = self._num_passed + 1 if is_passed_over(page.page.status, text_blocks) else 0
        if not 0 < self._num_passed <= MAX_PAGES_BETWEEN:
            yield from self._complete_before(page)

    def rest(self) -> Iterator[JoinedBlock]:
        """All that is held back: nothing comes that could go on with it."""
        held, self._held = self._held, {}
        yield from held.values()

    def _add(self, structured: StructuredBlock, page: StructuredPage) -> None:
        """To the block that it goes on with; where that is not at hand, it is a block of its own."""
        for joined in self._held.values() if structured.continues_id else ():
            if joined.parts[-1].block.id == structured.continues_id and len(joined.parts) < _MOST_PARTS:
                self._held[joined.id] = JoinedBlock((*joined.parts, structured), (*joined.pages, page))
                return
        self._held[structured.block.id] = JoinedBlock((structured,), (page,))

    def _complete_before(self, page: StructuredPage) -> Iterator[JoinedBlock]:
        """From the first on; what stands behind a block that is not complete waits with it."""
        while self._held:
            first = next(iter(self._held.values()))
            if first.pages[-1] is page:
                return
            yield self._held.pop(first.id)
