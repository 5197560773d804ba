"""Pages that were printed to a file and never scanned: they need no cleaning, and it could only harm them."""

from __future__ import annotations

from ocr2_loaders.pages import PageImage
from ocr2_loaders.transcription.own_text import is_stamped_scan


def is_typeset(page: PageImage) -> bool:
    """Whether the page's own text can stand for it, and most of it runs level from left to right."""
    layer = page.text_layer
    if layer is None or layer.distrust is not None or is_stamped_scan(layer):
        return False
    num_level = sum(len(run.text.strip()) for run in layer.runs if not run.rotated)
    num_other = sum(len(run.text.strip()) for run in layer.runs if run.rotated)
    return num_level > num_other
