"""Placed blocks written in the model's own markup."""

from __future__ import annotations

from collections.abc import Iterable

from model_runtime.engines.embedded.placed import PlacedBlock
from model_runtime.engines.embedded.sheet import Sheet
from model_runtime.grounding import written


def markup(blocks: Iterable[PlacedBlock], sheet: Sheet) -> str:
    """The transcript of a page, boxes on the page as it is and not as it was turned."""
    return "".join(written(block.label, [sheet.box_of(block.rect).on_grid()], block.body) for block in blocks)
