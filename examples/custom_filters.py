"""Cleans scanned pages before they are read, takes the running lines out of what was read, and says what was done.

Run: python examples/custom_filters.py scan.png
Needs: pip install -e ".[embedded,filters]" (in the clone)
"""

from __future__ import annotations

from dataclasses import replace

from program import run

import numpy as np
from PIL import Image, ImageOps

import ocr2_loaders
from ocr2_loaders import Block, BlockLabel, LoadSettings, PageImage, PageResult

RUNNING_LINES = {BlockLabel.HEADER, BlockLabel.FOOTER, BlockLabel.PAGE_NUMBER}


class FullContrast:
    """A page filter: the darkest ink becomes black and the brightest paper white.

    A function would do as well. A name and a version let pages be kept in a cache.
    """

    name = "full-contrast"
    version = "1"

    def __call__(self, page: PageImage) -> PageImage:
        return replace(page, pixels=np.asarray(ImageOps.autocontrast(Image.fromarray(page.pixels), cutoff=1)))


def without_running_lines(block: Block, _page: PageResult) -> Block | None:
    """A block filter: what it drops is counted in the page's warnings."""
    return None if block.label in RUNNING_LINES else block


def main(document: str) -> None:
    settings = LoadSettings(
        page_filters=("auto-rotate", "deskew", "despeckle", FullContrast()),
        block_filters=(without_running_lines,),
    )
    for page in ocr2_loaders.load(document, settings=settings):
        print(f"page {page.page_number}: {page.status}, {page.error or f'turned by {page.turned_deg:+.1f} degrees'}")
        print(*(f"  {warning}" for warning in page.warnings), sep="\n")
        print(f"\n{page.markdown}\n")


if __name__ == "__main__":
    run(main)
