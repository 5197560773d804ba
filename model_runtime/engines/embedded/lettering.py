"""Text that stands in a picture: numbers on axes, labels in a map. It takes no part in the columns of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from model_runtime.engines.embedded.line import Line, rows
from model_runtime.engines.embedded.placed import PlacedBlock
from model_runtime.engines.embedded.rect import Rect, around
from model_runtime.engines.embedded.sheet import Piece

MAX_COVER = 0.25
"""A picture with more of its area under text is the ground that the text is set on, and the text is the page's own."""


class Picture(NamedTuple):
    """A picture and the pieces of text in it."""

    rect: Rect
    pieces: list[Piece]

    def blocks(self) -> list[PlacedBlock]:
        """The words in front and the picture behind them, so that it stays next to its caption."""
        image = PlacedBlock("image", self.rect)
        if not self.pieces:
            return [image]
        words = " ".join(line.text for line in rows(Line((piece,)) for piece in self.pieces))
        return [PlacedBlock("text", around(piece.rect for piece in self.pieces), words), image]


def parted(pictures: Sequence[Rect], pieces: Sequence[Piece]) -> tuple[list[Picture], list[Piece]]:
    """Pictures with their lettering, and the pieces that stand in none of them."""
    found: list[Picture] = []
    left = list(pieces)
    for rect in pictures:
        inside = [piece for piece in left if rect.holds(piece.rect.center)]
        is_ground = sum(piece.rect.area for piece in inside) > MAX_COVER * rect.area
        found.append(Picture(rect, [] if is_ground else inside))
        left = left if is_ground or not inside else [piece for piece in left if not rect.holds(piece.rect.center)]
    return found, left
