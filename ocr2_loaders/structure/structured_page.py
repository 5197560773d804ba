"""Pages and documents whose blocks know their place."""

from __future__ import annotations

from dataclasses import dataclass

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.structure.structured_block import StructuredBlock


@dataclass(frozen=True, slots=True)
class StructuredPage:
    """A page result with one structured block for each of its blocks, in the same order.

    `printed_label` is the page number as it is printed on the page, None where there is none to be seen.
    """

    page: PageResult
    blocks: tuple[StructuredBlock, ...]
    printed_label: str | None = None


@dataclass(frozen=True, slots=True)
class StructuredDocument:
    """All pages of one source, in order."""

    pages: tuple[StructuredPage, ...]
