"""Which captions and notes belong to which tables and figures of a page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from model_runtime.box import BoundingBox
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.structure.caption_words import kind_of_caption, reads_like_caption

_FARTHEST = 0.12
_FARTHEST_UNLABELLED = 0.06
"""Of the page's height: text that only reads like a caption must stand closer than what the model calls one."""
_NEXT_IN_ORDER = 0.05
"""By how much nearer a target counts that the model wrote right before or behind."""
_WRONG_KIND = 0.08
_DIAGONAL = 0.08
_SAME_ROW = 0.5
_MIDDLE = 0.06
_OVERLAP = 0.01
_SHARED_WIDTH = 0.5
_MOST_BETWEEN = 12
"""Tables and figures between a caption and its own, in reading order."""

_PART = re.compile(r"\s*[(（]?[a-z]\s*[)）]")
_TARGETS = frozenset({BlockLabel.TABLE, BlockLabel.FIGURE})


@dataclass(frozen=True, slots=True)
class CaptionLinks:
    """Ids in both directions, in reading order."""

    captions_of: dict[str, tuple[str, ...]]
    captioned_by: dict[str, tuple[str, ...]]


def caption_links(blocks: Sequence[Block]) -> CaptionLinks:
    """The links among the blocks of one page: each caption with at least the nearest of its kind.

    A caption is shared by tables or figures that stand in one row without captions of their own and above or below it;
    a table may have several captions.
    """
    targets = [block for block in blocks if block.label in _TARGETS]
    if not targets:
        return CaptionLinks({}, {})
    links = {(caption.id, target.id) for caption, target in _nearest(blocks, targets)}
    links |= set(_shared(blocks, targets, links))
    captions_of: dict[str, tuple[str, ...]] = defaultdict(tuple)
    captioned_by: dict[str, tuple[str, ...]] = defaultdict(tuple)
    order = {block.id: place for place, block in enumerate(blocks)}
    for caption_id, target_id in sorted(links, key=lambda link: (order[link[0]], order[link[1]])):
        captioned_by[caption_id] += (target_id,)
        if blocks[order[caption_id]].label is not BlockLabel.FOOTNOTE:
            captions_of[target_id] += (caption_id,)
    return CaptionLinks(captions_of, captioned_by)


def _nearest(blocks: Sequence[Block], targets: Sequence[Block]) -> Iterator[tuple[Block, Block]]:
    """Each caption with its nearest target; of two at one distance the first."""
    num_before = 0
    for place, block in enumerate(blocks):
        num_before += block.label in _TARGETS
        farthest = _reach(block)
        if not farthest:
            continue
        beside = {near.id for near in (*blocks[max(0, place - 1) : place], *blocks[place + 1 : place + 2])}
        near = targets[max(0, num_before - _MOST_BETWEEN) : num_before + _MOST_BETWEEN]
        distance, _, target = min(
            (_distance(block, target, is_beside=target.id in beside), number, target)
            for number, target in enumerate(near)
        )
        if distance <= farthest:
            yield block, target


def _reach(block: Block) -> float:
    """How far from its target this block may stand; 0 where it is no caption."""
    if block.label is BlockLabel.CAPTION:
        return _FARTHEST
    if block.label is BlockLabel.FOOTNOTE:
        return _FARTHEST if _says(block, "table", "image", "figure", "chart") else 0.0
    is_one = block.label is BlockLabel.TEXT and reads_like_caption(block.text)
    return _FARTHEST_UNLABELLED if is_one else 0.0


def _says(block: Block, *words: str) -> bool:
    return (block.model_label or "").startswith(words)


def _kind_of(caption: Block) -> BlockLabel | None:
    """What a caption is about: by its first words, else by the model's label for it."""
    if kind := kind_of_caption(caption.text):
        return kind
    if _says(caption, "table"):
        return BlockLabel.TABLE
    return BlockLabel.FIGURE if _says(caption, "image", "figure", "chart") else None


def _distance(caption: Block, target: Block, *, is_beside: bool) -> float:
    """The gap between their boxes, as a share of the page; without boxes only reading order tells."""
    there, here = target.bounding_box, caption.bounding_box
    gap = _gap(here, there) if here and there else (0.0 if is_beside else 1.0)
    kind = _kind_of(caption)
    return gap - _NEXT_IN_ORDER * is_beside + _WRONG_KIND * (kind is not None and kind is not target.label)


def _gap(one: BoundingBox, other: BoundingBox) -> float:
    """The longer of the empty distances across and down; 0 where the boxes meet. Diagonal neighbours are far."""
    across = max(one.x0, other.x0) - min(one.x1, other.x1)
    down = max(one.y0, other.y0) - min(one.y1, other.y1)
    if across > 0 and down > 0:
        return across + down + _DIAGONAL
    return max(across, down, 0.0)


def _shared(
    blocks: Sequence[Block], targets: Sequence[Block], links: set[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Further targets of captions: those beside a caption's nearest one that have none of their own."""
    by_id = {block.id: block for block in blocks}
    numbers = {target.id: number for number, target in enumerate(targets)}
    own = {target for caption, target in links if _is_whole_caption(by_id[caption])}
    for caption_id, target_id in sorted(links):
        caption, target, number = by_id[caption_id], by_id[target_id], numbers[target_id]
        if target.boxes and caption.boxes and _is_whole_caption(caption):
            near = targets[max(0, number - _MOST_BETWEEN) : number + _MOST_BETWEEN]
            free = [other for other in near if other.id not in own and other.boxes]
            yield from ((caption_id, other.id) for other in _group(caption, target, free))


def _is_whole_caption(caption: Block) -> bool:
    """Whether it can be all that is said of a figure: not "(a)" and the like, not a note."""
    return caption.label is not BlockLabel.FOOTNOTE and not _PART.match(caption.text)


def _group(caption: Block, target: Block, free: Sequence[Block]) -> list[Block]:
    """The free targets that stand with `target` over or under one caption that is as wide or stands in their middle."""
    group = [target]
    rest = [other for other in free if other.label is target.label and other is not target]
    while near := next((other for other in rest if any(_stand_together(other, member) for member in group)), None):
        group.append(near)
        rest.remove(near)
    whole = reduce(BoundingBox.union, (box for member in group for box in member.bounding_boxes))
    line = caption.bounding_box
    if line is None or (line.y0 < whole.y1 - _OVERLAP and line.y1 > whole.y0 + _OVERLAP):
        return []
    off_middle = abs(line.x0 + line.x1 - whole.x0 - whole.x1) / 2
    return group[1:] if line.width >= _SHARED_WIDTH * whole.width or off_middle <= _MIDDLE else []


def _stand_together(one: Block, other: Block) -> bool:
    """In one row or one column, with next to nothing between."""
    here, there = one.bounding_box, other.bounding_box
    if here is None or there is None or _gap(here, there) > _FARTHEST_UNLABELLED:
        return False
    rows = min(here.y1, there.y1) - max(here.y0, there.y0)
    columns = min(here.x1, there.x1) - max(here.x0, there.x0)
    return rows >= _SAME_ROW * min(here.height, there.height) or columns >= _SAME_ROW * min(here.width, there.width)
