"""A block: one piece of a page that belongs together, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from model_runtime.box import BoundingBox, GridBox
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.table import Table


@dataclass(frozen=True, slots=True)
class Block:
    """A typed piece of a page.

    `text` is what to embed and search: no markup, table rows one a line with tabs between cells, LaTeX for a formula.
    `markdown` is what to show. `boxes` are as the model wrote them, on its 0..999 grid; a paragraph that runs over
    columns has several. `reading_order` counts from 0 on the page. `model_label` is the model's own word, None for text
    it wrote without a tag. `latex` carries no delimiters. `confidence` is the geometric mean, 0..1, of the tokens'
    probabilities behind the block's tag, of which several blocks may have been made; None where the engine tells none.
    """

    id: str
    label: BlockLabel
    model_label: str | None
    text: str
    markdown: str
    boxes: tuple[GridBox, ...]
    page_index: int
    reading_order: int
    heading_level: int | None = None
    table: Table | None = None
    latex: str | None = None
    notes: tuple[str, ...] = ()
    confidence: float | None = None

    @property
    def page_number(self) -> int:
        """Counts from 1."""
        return self.page_index + 1

    @property
    def bounding_boxes(self) -> tuple[BoundingBox, ...]:
        """The boxes in page-relative coordinates."""
        return tuple(box.on_page() for box in self.boxes)

    @property
    def bounding_box(self) -> BoundingBox | None:
        """The smallest page-relative box that holds all of the block's boxes."""
        return reduce(BoundingBox.union, self.bounding_boxes) if self.boxes else None
