"""A document's pages as one HTML file that needs nothing else: pictures, boxes, blocks, statuses and reasons.

No address stands in it, its policy lets a browser fetch nothing, and no script runs but its own, which that policy
knows by its digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.export.html_block import block_html
from ocr2_loaders.structure import StructuredPage
from ocr2_loaders.transcription import PageStatus
from ocr2_loaders.view.report.filling import rendered
from ocr2_loaders.view.report.picture import Picture, picture_from
from ocr2_loaders.view.report.sheet import Sheet, Window, sheet_of, window_on

_GOOD = {PageStatus.OK, PageStatus.RECOVERED, PageStatus.BLANK}
_A4_ASPECT = 2**0.5


def report(pages: Iterable[StructuredPage], pixels_of: Callable[[PageResult], NDArray[np.uint8]]) -> Iterator[str]:
    """The report on these pages of one source: an opening, a piece for each page, a closing.

    `pixels_of` gives a page's picture, of shape (height, width, 3), RGB; where it raises one of our errors, the boxes
    stand on an empty sheet and the error beside them. A page is forgotten once its piece is written.
    """
    is_first = True
    for page in pages:
        if is_first:
            yield rendered("opening.html", source=page.page.source, num_pages=page.page.num_pages)
            is_first = False
        yield _page(page, pixels_of)
    if not is_first:
        yield rendered("closing.html")


def _page(structured: StructuredPage, pixels_of: Callable[[PageResult], NDArray[np.uint8]]) -> str:
    page = structured.page
    picture, no_picture = _picture(page, pixels_of)
    return rendered(
        "page.html",
        page=page,
        printed_label=structured.printed_label or page.page_label,
        blocks=structured.blocks,
        numbers={block.id: block.reading_order + 1 for block in page.blocks},
        block_html=block_html,
        sheet=sheet_of(page.blocks, picture.aspect if picture else _aspect(page)),
        figure_window=_figure_window,
        picture=picture,
        no_picture=no_picture,
        is_problem=page.status not in _GOOD,
    )


def _picture(
    page: PageResult, pixels_of: Callable[[PageResult], NDArray[np.uint8]]
) -> tuple[Picture | None, Ocr2Error | None]:
    if not page.width_px:
        return None, None
    try:
        return picture_from(pixels_of(page)), None
    except Ocr2Error as error:
        return None, error


def _aspect(page: PageResult) -> float:
    return page.height_pt / page.width_pt if page.width_pt else _A4_ASPECT


def _figure_window(block: Block, sheet: Sheet) -> Window | None:
    """The part of the picture that shows the block, for a figure."""
    return window_on(block, sheet) if block.label is BlockLabel.FIGURE else None
