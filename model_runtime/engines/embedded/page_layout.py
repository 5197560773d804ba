"""From a sheet to its blocks in reading order: the steps, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from model_runtime.engines.embedded import furniture
from model_runtime.engines.embedded.columns import regions
from model_runtime.engines.embedded.joining import compounds, joined
from model_runtime.engines.embedded.labelling import PageStyle, labelled, title_size
from model_runtime.engines.embedded.line import Line, fragments, rows
from model_runtime.engines.embedded.paragraph import Column, Paragraph, paragraphs
from model_runtime.engines.embedded.placed import PlacedBlock
from model_runtime.engines.embedded.rect import Rect
from model_runtime.engines.embedded.sheet import Piece, Sheet
from model_runtime.engines.embedded.table import tables

SIZE_TOLERANCE, SIZE_TOLERANCE_SCANNED = 0.1, 0.3

Found = PlacedBlock | Paragraph


def blocks_of(sheet: Sheet, page_index: int) -> list[PlacedBlock]:
    """The page's blocks: header, body in reading order, footer, and last the text that runs another way."""
    ruled, free_pieces = tables(sheet.rulings, sheet.pieces)
    boxes = [PlacedBlock("table", table.rect, table.html) for table in ruled]
    boxes += [PlacedBlock("image", rect) for rect in sheet.pictures]
    apart, lines = furniture.parted(fragments(free_pieces), [box.rect for box in boxes], sheet.height, sheet.body_size)
    body = list(_labelled(list(_in_reading_order(lines, boxes, sheet)), sheet, page_index))
    outside = [PlacedBlock(label, line.rect, line.text) for label, line in apart]
    head = [block for block in outside if block.rect.center[1] < sheet.height / 2]
    foot = [block for block in outside if block.rect.center[1] >= sheet.height / 2]
    return [*head, *body, *foot, *_aside(sheet.aside)]


def _in_reading_order(lines: list[Line], boxes: list[PlacedBlock], sheet: Sheet) -> Iterator[Found]:
    """Paragraphs, and between them the tables and pictures."""
    items: list[Line | PlacedBlock] = [*lines, *boxes]
    tolerance = SIZE_TOLERANCE_SCANNED if sheet.scanned else SIZE_TOLERANCE
    for region in regions([item.rect for item in items], sheet.body_size):
        yield from _column([items[index] for index in region], tolerance)


def _column(items: Sequence[Line | PlacedBlock], tolerance: float) -> Iterator[Found]:
    in_rows = rows(item for item in items if isinstance(item, Line))
    column = Column.of(in_rows, tolerance) if in_rows else None
    everything: list[Line | PlacedBlock] = [*in_rows, *(item for item in items if isinstance(item, PlacedBlock))]
    ordered = sorted(everything, key=lambda item: item.rect.center[1])
    for is_line, run in groupby(ordered, key=lambda item: isinstance(item, Line)):
        if is_line and column:
            yield from paragraphs([item for item in run if isinstance(item, Line)], column)
        else:
            yield from (item for item in run if isinstance(item, PlacedBlock))


def _labelled(found: list[Found], sheet: Sheet, page_index: int) -> Iterator[PlacedBlock]:
    texts = [item for item in found if isinstance(item, Paragraph)]
    style = PageStyle(
        body_size=sheet.body_size,
        scanned=sheet.scanned,
        title_size=title_size(texts, sheet.body_size, page_index),
        pictures=sheet.pictures,
        tables=_rects(found, "table"),
        compounds=compounds(line.text for text in texts for line in text.lines),
    )
    for item in found:
        yield labelled(item, style) if isinstance(item, Paragraph) else item


def _rects(found: list[Found], label: str) -> tuple[Rect, ...]:
    return tuple(item.rect for item in found if isinstance(item, PlacedBlock) and item.label == label)


def _aside(pieces: Sequence[Piece]) -> list[PlacedBlock]:
    """Text that runs another way, in the order in which it was found."""
    return [PlacedBlock("text", piece.rect, joined([piece.text])) for piece in pieces]
