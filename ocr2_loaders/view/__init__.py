"""Pictures that show what was found on a page."""

from ocr2_loaders.view.overlay import overlay
from ocr2_loaders.view.palette import COLOURS

__all__ = ["COLOURS", "overlay"]
