"""Chunks of a bounded number of tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.chunks.filling import Filling
from ocr2_loaders.chunks.piece import whole
from ocr2_loaders.chunks.sections import begins_section
from ocr2_loaders.chunks.token_budget import TokenBudget
from ocr2_loaders.structure import JoinedBlock, StructuredPage, joined_blocks


def by_token_budget(pages: Iterable[StructuredPage], budget: TokenBudget) -> Iterator[Chunk]:
    """As many neighbouring blocks of a section as the budget has room for; blocks that are larger are cut.

    Raises:
        ChunkBudgetTooSmall: what is embedded besides the text leaves no room for any.
    """
    filling = Filling(budget)
    before: JoinedBlock | None = None
    for group in _captioned(joined_blocks(pages)):
        if begins_section(group[0], before):
            yield from filling.flush()
        yield from filling.add([whole(joined) for joined in group])
        before = group[-1]
    yield from filling.flush()


def _captioned(blocks: Iterable[JoinedBlock]) -> Iterator[list[JoinedBlock]]:
    """Blocks one by one, tables and figures with the captions that stand beside them."""
    group: list[JoinedBlock] = []
    for joined in blocks:
        if group and not (_ties(joined) & {block.id for each in group for block in each.blocks}):
            yield group
            group = []
        group.append(joined)
    if group:
        yield group


def _ties(joined: JoinedBlock) -> set[str]:
    return {tied for part in joined.parts for tied in (*part.caption_ids, *part.captioned_ids)}
