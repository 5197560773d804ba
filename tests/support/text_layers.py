"""Text layers for tests that need no PDF."""

from __future__ import annotations

from collections.abc import Sequence

from model_runtime.box import BoundingBox
from model_runtime.text_layer import TextLayer, TextRun


def text_layer(lines: Sequence[str], *, distrust: str | None = None) -> TextLayer:
    """Lines one below the other; an empty one leaves a gap, as between paragraphs."""
    runs = (
        TextRun(line, BoundingBox(0.1, 0.1 + 0.02 * place, 0.9, 0.115 + 0.02 * place), 10.0)
        for place, line in enumerate(lines)
        if line
    )
    return TextLayer(tuple(runs), distrust=distrust)
