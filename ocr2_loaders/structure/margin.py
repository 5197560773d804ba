"""Lines in the upper and lower margins of a page: what a running header or footer may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from model_runtime.box import BoundingBox
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.structure.caption_words import reads_like_caption
from ocr2_loaders.structure.printed_number import number_alone, numbers_at_ends, value_of

_TOP, _BOTTOM = 0.13, 0.87
_OUTER_TOP, _OUTER_BOTTOM = 0.09, 0.92
"""Where a heading must lie, or a lone number, to be taken for a part of the margin."""
_TALLEST = 0.045
_TALLEST_HEADING = 0.022
"""Running headers are set in small type, unlike the titles of slides that go on."""
_LONGEST = 160
_MOST = 60
"""Blocks at either end of a page's reading order among which its margins are sought."""
_SAME_PLACE = 0.025
_SAME_CORNER = 0.012

_RUNNING = frozenset({BlockLabel.HEADER, BlockLabel.FOOTER, BlockLabel.PAGE_NUMBER})
_HEADINGS = frozenset({BlockLabel.TITLE, BlockLabel.HEADING})
_CANDIDATES = _HEADINGS | {BlockLabel.TEXT, BlockLabel.OTHER, BlockLabel.LIST, BlockLabel.FOOTNOTE, BlockLabel.FIGURE}
_IN_MARGINS = _CANDIDATES | _RUNNING
_COUNTING = re.compile(r"[0-9]+|\b[ivxlc]+\b")
_WORDS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class MarginLine:
    """A block in the margin. `key` are its words without numbers, `counts` its numbers, each less the page's index.

    `page_counts` are those of numbers that stand alone or at an end, of a line at the very edge of the page. `corners`
    are page-relative. `num_needed` is on how many pages the line has to stand before it counts as running.
    """

    block_id: str
    key: str
    text: str
    counts: tuple[int, ...]
    page_counts: frozenset[int]
    corners: tuple[float, float, float, float]
    num_needed: int

    def is_same_as(self, other: MarginLine) -> bool:
        """Whether both say the same at the same height; left and right pages may mirror each other.

        Numbers may differ where one of them counts the pages: "Example 9" and "Example 10" are no header.
        """
        if self.key != other.key:
            return False
        if not self.key:
            return all(abs(a - b) <= _SAME_CORNER for a, b in zip(self.corners, other.corners, strict=True))
        if self.text != other.text and not any(map(int.__eq__, self.counts, other.counts)):
            return False
        return abs(self.corners[1] + self.corners[3] - other.corners[1] - other.corners[3]) <= 2 * _SAME_PLACE


@dataclass(frozen=True, slots=True)
class Margins:
    """The margin lines of a page: those that may run, and those that do by their kind or their form.

    `running_ids` are all blocks that run by kind or form. `page_counts` are the numbers in the margins that may be the
    page's, less its index.
    """

    page_index: int
    lines: tuple[MarginLine, ...]
    known: tuple[MarginLine, ...]
    running_ids: frozenset[str]
    page_counts: frozenset[int]
    body: int
    """A hash of everything that is not in the margins."""


def margins_of(page: PageResult) -> Margins:
    running = frozenset(block.id for block in page.blocks if block.label in _RUNNING or _is_page_number(block))
    outer = page.blocks if len(page.blocks) <= 2 * _MOST else page.blocks[:_MOST] + page.blocks[-_MOST:]
    lines = tuple(_lines_of(outer))
    in_margin = running | {line.block_id for line in lines}
    body = tuple(block.text for block in page.blocks if block.id not in in_margin)
    return Margins(
        page.page_index,
        tuple(line for line in lines if line.block_id not in running),
        tuple(line for line in lines if line.block_id in running),
        running,
        frozenset(count for line in lines for count in line.page_counts),
        hash(body) if body else 0,
    )


def _is_page_number(block: Block) -> bool:
    """A number that stands alone at the very edge of the page."""
    if block.label not in _CANDIDATES or number_alone(block.text) is None:
        return False
    box = block.bounding_box
    return box is not None and (box.y1 <= _OUTER_TOP or box.y0 >= _OUTER_BOTTOM)


def _lines_of(blocks: Sequence[Block]) -> Iterator[MarginLine]:
    for block in blocks:
        box = block.bounding_box if block.label in _IN_MARGINS and len(block.text) <= _LONGEST else None
        if box is not None and _is_in_margin(block.label, box) and not reads_like_caption(block.text):
            yield MarginLine(
                block.id,
                _key(block.text),
                block.text,
                tuple(value - block.page_index for value in _numbers(block.text)),
                frozenset(_page_counts(block, box)),
                (box.x0, box.y0, box.x1, box.y1),
                num_needed=3 if block.label in _HEADINGS or block.label is BlockLabel.FIGURE else 2,
            )


def _page_counts(block: Block, box: BoundingBox) -> Iterator[int]:
    if box.y1 <= _OUTER_TOP or box.y0 >= _OUTER_BOTTOM:
        alone = number_alone(block.text)
        for number in (alone,) if alone else numbers_at_ends(block.text):
            value = value_of(number)
            if value is not None:
                yield value - block.page_index


def _is_in_margin(label: BlockLabel, box: BoundingBox) -> bool:
    if label in _HEADINGS:
        return box.height <= _TALLEST_HEADING and (box.y1 <= _OUTER_TOP or box.y0 >= _OUTER_BOTTOM)
    return (label is BlockLabel.FIGURE or box.height <= _TALLEST) and (box.y1 <= _TOP or box.y0 >= _BOTTOM)


def _numbers(text: str) -> Iterator[int]:
    for found in _COUNTING.finditer(text.casefold()):
        yield value_of(found[0]) or 0


def _key(text: str) -> str:
    return _WORDS.sub(" ", _COUNTING.sub("#", text.casefold())).strip() or ("#" if text else "")
