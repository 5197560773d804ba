"""From a sheet to its blocks in reading order: the steps, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from model_runtime.engines.embedded import furniture, lettering
from model_runtime.engines.embedded.columns import regions
from model_runtime.engines.embedded.joining import compounds, joined
from model_runtime.engines.embedded.labelling import PageStyle, labelled, title_size
from model_runtime.engines.embedded.lettering import Picture
from model_runtime.engines.embedded.line import Line, fragments, rows
from model_runtime.engines.embedded.paragraph import Column, Paragraph, paragraphs
from model_runtime.engines.embedded.placed import PlacedBlock
from model_runtime.engines.embedded.sheet import Piece, Sheet
from model_runtime.engines.embedded.table import RuledTable, tables

SIZE_TOLERANCE, SIZE_TOLERANCE_SCANNED = 0.1, 0.3

Item = Line | RuledTable | Picture
"""What columns are made of."""
Found = Paragraph | RuledTable | Picture
"""What is found in them."""


def blocks_of(sheet: Sheet, page_index: int) -> list[PlacedBlock]:
    """The page's blocks: header, body in reading order, footer, and last the text that runs another way."""
    ruled, pieces = tables(sheet.rulings, sheet.pieces)
    pictures, pieces = lettering.parted(sheet.pictures, pieces)
    boxes: list[RuledTable | Picture] = [*ruled, *pictures]
    apart, lines = furniture.parted(
        fragments(pieces, in_order=not sheet.scanned), [box.rect for box in boxes], sheet.height, sheet.body_size
    )
    found = list(_in_reading_order([*lines, *boxes], sheet))
    outside = [PlacedBlock(label, line.rect, line.text) for label, line in apart]
    head = [block for block in outside if block.rect.center[1] < sheet.height / 2]
    foot = [block for block in outside if block.rect.center[1] >= sheet.height / 2]
    return [*head, *_blocks(found, sheet, page_index), *foot, *_aside(sheet.aside)]


def _in_reading_order(items: Sequence[Item], sheet: Sheet) -> Iterator[Found]:
    tolerance = SIZE_TOLERANCE_SCANNED if sheet.scanned else SIZE_TOLERANCE
    for region in regions([item.rect for item in items], sheet.body_size):
        yield from _column([items[index] for index in region], tolerance)


def _column(items: Sequence[Item], tolerance: float) -> Iterator[Found]:
    """Paragraphs, and between them the tables and pictures."""
    boxes = [item for item in items if not isinstance(item, Line)]
    in_rows = rows(item for item in items if isinstance(item, Line))
    if not in_rows:
        yield from boxes
        return
    column = Column.of(in_rows, tolerance)
    lines: list[Line] = []
    for item in sorted([*in_rows, *boxes], key=lambda each: each.rect.center[1]):
        if isinstance(item, Line):
            lines.append(item)
            continue
        yield from paragraphs(lines, column)
        yield item
        lines = []
    yield from paragraphs(lines, column)


def _blocks(found: Sequence[Found], sheet: Sheet, page_index: int) -> Iterator[PlacedBlock]:
    style = _style(found, sheet, page_index)
    for item in found:
        if isinstance(item, Paragraph):
            yield labelled(item, style)
        elif isinstance(item, Picture):
            yield from item.blocks()
        else:
            yield PlacedBlock("table", item.rect, item.html)


def _style(found: Sequence[Found], sheet: Sheet, page_index: int) -> PageStyle:
    texts = [item for item in found if isinstance(item, Paragraph)]
    return PageStyle(
        body_size=sheet.body_size,
        scanned=sheet.scanned,
        title_size=title_size(texts, sheet.body_size, page_index),
        pictures=sheet.pictures,
        tables=tuple(item.rect for item in found if isinstance(item, RuledTable)),
        compounds=compounds(line.text for text in texts for line in text.lines),
    )


def _aside(pieces: Sequence[Piece]) -> list[PlacedBlock]:
    """Text that runs another way, in the order in which it was found."""
    return [PlacedBlock("text", piece.rect, joined([piece.text])) for piece in pieces]
