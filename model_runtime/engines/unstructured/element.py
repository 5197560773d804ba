"""Elements as the Unstructured API writes them, checked, and where they stand on the page."""

from __future__ import annotations

import math

from pydantic import BaseModel, Field, TypeAdapter

from model_runtime.box import BoundingBox

_TOP_LEFT = frozenset({"PixelSpace"})
"""Of their coordinate systems, the only one whose y runs downwards; points and relative ones begin at the bottom."""


class Coordinates(BaseModel):
    points: list[tuple[float, float]] | None = None
    system: str | None = None
    layout_width: float | None = None
    layout_height: float | None = None


class Metadata(BaseModel):
    parent_id: str | None = None
    category_depth: int | None = None
    coordinates: Coordinates | None = None
    text_as_html: str | None = None


class Element(BaseModel):
    type: str = "UncategorizedText"
    element_id: str = ""
    text: str | None = None
    metadata: Metadata = Field(default_factory=Metadata)


ELEMENTS = TypeAdapter(list[Element])


def box_of(element: Element, width_px: int, height_px: int) -> BoundingBox | None:
    """The element's place on a page of that many pixels; None where it tells none that can be understood."""
    told = element.metadata.coordinates
    if told is None or not told.points or not all(math.isfinite(value) for point in told.points for value in point):
        return None
    width, height = _layout(told, width_px, height_px)
    if not (width > 0 and height > 0 and math.isfinite(width) and math.isfinite(height)):
        return None
    across = [x / width for x, _ in told.points]
    down = [y / height if told.system in _TOP_LEFT else 1 - y / height for _, y in told.points]
    return BoundingBox.clipped(min(across), min(down), max(across), max(down))


def _layout(told: Coordinates, width_px: int, height_px: int) -> tuple[float, float]:
    """The size of the page in the units of its points."""
    if told.layout_width is not None and told.layout_height is not None:
        return told.layout_width, told.layout_height
    return (width_px, height_px) if told.system in _TOP_LEFT else (1.0, 1.0)
