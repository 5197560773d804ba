"""Running headers, footers and page numbers: what stands at the same place on several pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.structure.margin import MarginLine, Margins, margins_of
from ocr2_loaders.structure.printed_number import number_alone, numbers_at_ends, value_of
from ocr2_loaders.structure.run_page import RunPage

NEIGHBOURS = 4
"""How many pages before and behind a page are compared with it. Left and right pages may differ, so that a line comes
again on every second one only."""
_PAGES_COUNTED = 3
_LONGEST_LABEL = 40


def run_pages(pages: Iterable[PageResult], *, look_ahead: int) -> Iterator[RunPage]:
    """The pages of one document. A page waits for at most `look_ahead` later ones, and only while a line is open."""
    before: deque[Margins] = deque(maxlen=NEIGHBOURS)
    waiting: deque[tuple[PageResult, Margins]] = deque()
    for page in pages:
        waiting.append((page, margins_of(page)))
        while waiting and (len(waiting) > look_ahead or _is_settled(waiting[0][1], before, waiting)):
            yield _run_page(before, waiting)
    while waiting:
        yield _run_page(before, waiting)


_Waiting = deque[tuple[PageResult, Margins]]


def _run_page(before: deque[Margins], waiting: _Waiting) -> RunPage:
    """The first page that waits, settled by what is known now."""
    neighbours = _neighbours(before, waiting)
    page, margins = waiting.popleft()
    before.append(margins)
    ids = margins.running_ids | {line.block_id for line in margins.lines if _is_running(line, margins, neighbours)}
    if len(ids) == len(page.blocks) and ids != margins.running_ids:
        ids = margins.running_ids  # lines that are all a page has are its text
    text_blocks = tuple(block for block in page.blocks if block.id not in ids)
    return RunPage(page, ids, text_blocks, _printed_label(page, ids, neighbours))


def _is_settled(margins: Margins, before: Iterable[Margins], waiting: _Waiting) -> bool:
    neighbours = _neighbours(before, waiting)
    return all(_is_running(line, margins, neighbours) for line in margins.lines)


def _neighbours(before: Iterable[Margins], waiting: _Waiting) -> list[Margins]:
    first = waiting[0][1]
    behind = (margins for _, margins in list(waiting)[1:])
    return [near for near in (*before, *behind) if abs(near.page_index - first.page_index) <= NEIGHBOURS]


def _is_running(line: MarginLine, margins: Margins, neighbours: Sequence[Margins]) -> bool:
    """Pages with the very same text are one page twice, and say nothing about what runs through a document."""
    others = [near for near in neighbours if not near.body or near.body != margins.body]
    num_pages = 1 + sum(any(map(line.is_same_as, (*near.lines, *near.known))) for near in others)
    return num_pages >= line.num_needed or _counts_pages(line, others)


def _counts_pages(line: MarginLine, others: Sequence[Margins]) -> bool:
    """Whether a number at its end counts the pages with those of neighbours, whatever words stand beside it."""
    return any(1 + sum(count in near.page_counts for near in others) >= _PAGES_COUNTED for count in line.page_counts)


def _printed_label(page: PageResult, running_ids: frozenset[str], neighbours: Sequence[Margins]) -> str | None:
    """A number that stands alone; else one at an end of a running line, where a neighbour counts the same way."""
    running = [block for block in page.blocks if block.id in running_ids]
    for block in sorted(running, key=lambda block: block.label is not BlockLabel.PAGE_NUMBER):
        if number := number_alone(block.text):
            return number
        if block.label is BlockLabel.PAGE_NUMBER and 0 < len(block.text) <= _LONGEST_LABEL:
            return block.text
    counted = frozenset[int]().union(*(near.page_counts for near in neighbours))
    numbers = (number for block in running for number in numbers_at_ends(block.text))
    return next((number for number in numbers if (value_of(number) or 0) - page.page_index in counted), None)
