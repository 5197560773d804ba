"""A page in brief: one line for each block."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.printable import ELLIPSIS, one_line

_NARROWEST = 60
_LABEL_WIDTH = max(map(len, BlockLabel)) + 2
_PAGE_WIDTH = len("p. 12345  ")
_BOX_WIDTH = len("[999 999 999 999] +99  ")


def listing(page: PageResult, width: int = 100) -> str:
    """Each block's number, label, page, box on the 0..999 grid and first words, in reading order and aligned columns.

    Numbers count from 1, as in the overlay pictures. No line is wider than `width` terminal cells, 60 at least. "+2"
    behind a box stands for two more boxes. The last line of a page that failed, is blank or is cut off says so.
    """
    width = max(width, _NARROWEST)
    lines = [_fitted(_line(block, width), width) for block in page.blocks]
    if note := page_note(page):
        lines.append(_fitted(f"  ! {note}", width))
    return "\n".join(lines)


def _line(block: Block, width: int) -> str:
    columns = (
        f"{block.reading_order + 1:3} ",
        block.label.value.ljust(_LABEL_WIDTH),
        f"p. {block.page_number}".ljust(_PAGE_WIDTH),
        _place(block).ljust(_BOX_WIDTH),
        one_line(block.text or block.markdown, width),
    )
    return "".join(columns).rstrip()


def _place(block: Block) -> str:
    if not block.boxes:
        return "-"
    first, *others = block.boxes
    corners = " ".join(f"{corner:3}" for corner in first.as_list())
    return f"[{corners}]" + (f" +{len(others)}" if others else "")


def _fitted(line: str, width: int) -> str:
    """Cut to cells, not to characters: a Chinese character takes two."""
    if cell_len(line) <= width:
        return line
    return set_cell_size(line, width - cell_len(ELLIPSIS)).rstrip() + ELLIPSIS
