"""What is known of a page before it is read. Made once, and held by all that is said of the page afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from ocr2_loaders.pages.outline import OutlineEntry
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.sources.source import FailedSource, Source


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A page's place, its name and its sizes.

    Sizes are those of the upright page, in points of 1/72 inch and in pixels of the image that the engine sees; all are
    0 where the page could not be rendered. `turned_deg` is how far filters turned that image clockwise about its
    middle; sizes and boxes are those after the turn.
    """

    source: Source | FailedSource
    page_index: int
    num_pages: int | None
    page_label: str | None = None
    width_pt: float = 0.0
    height_pt: float = 0.0
    width_px: int = 0
    height_px: int = 0
    effective_dpi: float = 0.0
    outline: tuple[OutlineEntry, ...] = ()
    """The entries of the PDF's outline that lead to this page."""
    turned_deg: float = 0.0

    @property
    def page_number(self) -> int:
        """Counts from 1."""
        return self.page_index + 1

    @classmethod
    def of_image(cls, source: Source | FailedSource, page: PageImage) -> Self:
        """What the picture of a page tells."""
        height_px, width_px, _ = page.pixels.shape
        return cls(
            source,
            page.page_index,
            page.num_pages,
            page.page_label,
            page.width_pt,
            page.height_pt,
            width_px,
            height_px,
            page.effective_dpi,
            page.outline,
            page.turned_deg,
        )

    @classmethod
    def of_failed_page(cls, source: Source | FailedSource, page: FailedPage) -> Self:
        """What is known of a page without a picture."""
        return cls(source, page.page_index, page.num_pages, page.page_label)


class HoldsFacts:
    """Shows the facts of its page as its own attributes."""

    __slots__ = ()

    facts: PageFacts

    def with_facts(self, **changes: Any) -> Self:  # noqa: ANN401 - each fact has a type of its own
        """A copy of which other things are known; the names are those of `PageFacts`."""
        # Every class that holds facts is a dataclass, which this one cannot say of them.
        return replace(self, facts=replace(self.facts, **changes))  # type: ignore[type-var]

    @property
    def source(self) -> Source | FailedSource:
        """Where the page comes from."""
        return self.facts.source

    @property
    def page_index(self) -> int:
        """Counts from 0."""
        return self.facts.page_index

    @property
    def page_number(self) -> int:
        """Counts from 1."""
        return self.facts.page_number

    @property
    def num_pages(self) -> int | None:
        """Of the whole document; None where it did not open."""
        return self.facts.num_pages

    @property
    def page_label(self) -> str | None:
        """The page's name in its PDF, such as "iv"."""
        return self.facts.page_label

    @property
    def width_pt(self) -> float:
        """Of the upright page, in points of 1/72 inch."""
        return self.facts.width_pt

    @property
    def height_pt(self) -> float:
        """Of the upright page, in points of 1/72 inch."""
        return self.facts.height_pt

    @property
    def width_px(self) -> int:
        """Of the image that the engine saw."""
        return self.facts.width_px

    @property
    def height_px(self) -> int:
        """Of the image that the engine saw."""
        return self.facts.height_px

    @property
    def effective_dpi(self) -> float:
        """What the image really had."""
        return self.facts.effective_dpi

    @property
    def outline(self) -> tuple[OutlineEntry, ...]:
        """The entries of the PDF's own outline that lead to this page."""
        return self.facts.outline

    @property
    def turned_deg(self) -> float:
        """How far page filters turned the image clockwise about its middle."""
        return self.facts.turned_deg
