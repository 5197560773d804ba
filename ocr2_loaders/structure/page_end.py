"""What runs over the end of a page: paragraphs and tables that the next page goes on with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.structure.caption_words import reads_like_caption
from ocr2_loaders.structure.run_page import RunPage
from ocr2_loaders.structure.table_end import goes_on_with, num_repeated_header_rows
from ocr2_loaders.transcription import PageStatus

MAX_PAGES_BETWEEN = 2
"""Of figures only, or blank, within a paragraph or a table; more would have the whole run of pages wait."""

_BESIDE_TEXT = frozenset({BlockLabel.FIGURE, BlockLabel.CAPTION, BlockLabel.FOOTNOTE})
_FLOATING = _BESIDE_TEXT | {BlockLabel.TABLE}
_PARAGRAPHS = frozenset({BlockLabel.TEXT, BlockLabel.LIST, BlockLabel.REFERENCE})
_ENDED = re.compile(r"""[.!?:;。！？：；…｡؟۔।][\s"'”’»›)\]）」』】*_]*\Z""")
_CUT = re.compile(r"[\w,，、\-\u2010\u00ad(（/&–—]\Z|\\\)\Z")
_ITEM = re.compile(r"[ \t]*(?:[-*+•·‣▪–—]|\(?[0-9a-z]{1,3}[.)]|\[[0-9]{1,3}\]|\(?[0-9]{1,3}\))[ \t]+\S")
_SHORTEST_BEFORE_CAPITAL = 80
"""A line without a full stop before a paragraph that begins with a capital may be a line of an address."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """The block on an earlier page that goes on, and how many rows only repeat its table's head."""

    continues_id: str
    num_repeated_header_rows: int = 0


class PageEnd:
    """The end of the last page with text of one document, while its pages come in."""

    def __init__(self) -> None:
        self._last_index: int | None = None
        self._num_between = 0
        self._paragraph: Block | None = None
        self._table: Block | None = None
        self._table_start: Block | None = None

    def continued_on(self, page: RunPage) -> dict[str, Continuation]:
        """By block id: what the blocks of this page go on with. The page then is the last one."""
        follows = self._last_index is not None and page.page.page_index == self._last_index + 1
        self._last_index = page.page.page_index
        if follows and is_passed_over(page.page.status, page.text_blocks) and self._num_between < MAX_PAGES_BETWEEN:
            self._num_between += 1
            return {}
        found = self._found(page) if follows else {}
        self._remember(page, found)
        return found

    def _found(self, page: RunPage) -> dict[str, Continuation]:
        found = {}
        paragraph = _first_paragraph(page.text_blocks)
        if paragraph and self._paragraph and _is_cut(self._paragraph, paragraph):
            found[paragraph.id] = Continuation(self._paragraph.id)
        table = _first_table(page.text_blocks)
        if table and self._table and self._table_start:
            caption = _caption_before(page.text_blocks, table)
            if goes_on_with(self._table, table, start=self._table_start, caption=caption):
                repeated = num_repeated_header_rows(self._table_start, table)
                found[table.id] = Continuation(self._table.id, repeated)
        return found

    def _remember(self, page: RunPage, found: dict[str, Continuation]) -> None:
        self._num_between = 0
        self._paragraph = _last_paragraph(page.text_blocks)
        self._table = _last_table(page.text_blocks)
        if not self._table or self._table.id not in found:
            self._table_start = self._table


def is_passed_over(status: PageStatus, text_blocks: Sequence[Block]) -> bool:
    """Whether the text can go on behind a page: it shows figures only. What a failed page holds, nobody knows."""
    return status is not PageStatus.FAILED and all(block.label in _BESIDE_TEXT for block in text_blocks)


def _first_paragraph(blocks: Sequence[Block]) -> Block | None:
    """The first block of running text, behind figures and tables at the head of the page."""
    first = next((block for block in blocks if not _floats(block)), None)
    return first if first and first.label is BlockLabel.TEXT else None


def _last_paragraph(blocks: Sequence[Block]) -> Block | None:
    last = next((block for block in reversed(blocks) if not _floats(block)), None)
    return last if last and last.label in _PARAGRAPHS else None


def _floats(block: Block) -> bool:
    return block.label in _FLOATING or _is_caption(block)


def _is_caption(block: Block) -> bool:
    is_text = block.label is BlockLabel.TEXT
    return block.label is BlockLabel.CAPTION or (is_text and reads_like_caption(block.text))


def _first_table(blocks: Sequence[Block]) -> Block | None:
    """The table that the page begins with, behind nothing but its caption."""
    first = next((block for block in blocks if not _is_caption(block)), None)
    return first if first and first.label is BlockLabel.TABLE else None


def _last_table(blocks: Sequence[Block]) -> Block | None:
    """The table that the page ends with; notes and a caption may stand below."""
    behind = (block for block in reversed(blocks) if block.label is not BlockLabel.FOOTNOTE and not _is_caption(block))
    last = next(behind, None)
    return last if last and last.label is BlockLabel.TABLE else None


def _caption_before(blocks: Sequence[Block], table: Block) -> str | None:
    """The words above the first table of the page."""
    return None if blocks[0] is table else blocks[0].text


def _is_cut(upper: Block, lower: Block) -> bool:
    """Whether a paragraph stops in the middle of a sentence and the other one begins there."""
    end, start = upper.text.rstrip(), lower.text.lstrip()
    if not end or not start or _ENDED.search(end) or _ITEM.match(start):
        return False
    if start[0].islower():
        return True
    if not _CUT.search(end) or upper.label is not BlockLabel.TEXT:
        return False
    return len(end) >= _SHORTEST_BEFORE_CAPITAL if start[0].isupper() or start[0].isdecimal() else start[0].isalpha()
