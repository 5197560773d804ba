"""A block that has found its place on the page."""

from __future__ import annotations

from dataclasses import dataclass

from model_runtime.engines.embedded.rect import Rect


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A label of the markup, its place in points, and the Markdown or HTML that stands behind the tag."""

    label: str
    rect: Rect
    body: str = ""
