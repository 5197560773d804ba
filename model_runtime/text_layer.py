"""What a PDF page says of itself, beside its picture: text runs, ruling lines and picture areas. Free of pdfium.

All boxes are page-relative (0..1, top-left origin) on the upright page, as the page image shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from model_runtime.box import BoundingBox


@dataclass(frozen=True, slots=True)
class TextRun:
    """Neighbouring characters of one line in one font, in the PDF's own order.

    `font_size_pt` is the size on the page in points, `bold` and `italic` are what the font says of itself,
    `rotated` means that the baseline does not run from left to right on the upright page.
    """

    text: str
    box: BoundingBox
    font_size_pt: float
    bold: bool = False
    italic: bool = False
    monospaced: bool = False
    rotated: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """A straight horizontal or vertical line drawn on the page, as a thin box."""

    box: BoundingBox

    @property
    def is_horizontal(self) -> bool:
        return self.box.width >= self.box.height


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The visible text of a PDF page: nothing that lies off the page or is drawn in invisible ink.

    `distrust` says why the text should not stand for the page ("invisible text only", "30 % of the characters have no
    Unicode value"), None when it may.
    """

    runs: tuple[TextRun, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    pictures: tuple[BoundingBox, ...] = ()
    distrust: str | None = None

    @property
    def text(self) -> str:
        """All runs in the PDF's own order, one a line."""
        return "\n".join(run.text for run in self.runs)
