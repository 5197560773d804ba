"""One colour for each label, the same in every picture."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ocr2_loaders.blocks.label import BlockLabel

Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)

COLOURS: Mapping[BlockLabel, Colour] = MappingProxyType(
    {
        BlockLabel.TITLE: (178, 24, 43),
        BlockLabel.HEADING: (217, 95, 2),
        BlockLabel.TEXT: (31, 119, 180),
        BlockLabel.LIST: (0, 140, 150),
        BlockLabel.TABLE: (27, 138, 58),
        BlockLabel.FORMULA: (123, 50, 148),
        BlockLabel.FIGURE: (214, 39, 140),
        BlockLabel.CAPTION: (190, 120, 170),
        BlockLabel.FOOTNOTE: (140, 86, 75),
        BlockLabel.CODE: (60, 60, 60),
        BlockLabel.REFERENCE: (128, 128, 0),
        BlockLabel.HEADER: (110, 120, 160),
        BlockLabel.FOOTER: (150, 150, 110),
        BlockLabel.PAGE_NUMBER: (150, 150, 170),
        BlockLabel.OTHER: (127, 127, 127),
    }
)
"""Red, green and blue, 0..255, for each label; boxes and legends use nothing else."""


def legible_on(colour: Colour) -> Colour:
    """Black or white, whichever stands out more from `colour`."""
    red, green, blue = colour
    luminance = 0.299 * red + 0.587 * green + 0.114 * blue
    return BLACK if luminance > 140 else WHITE
