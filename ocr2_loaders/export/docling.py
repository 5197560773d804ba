"""A document as docling's own: a DoclingDocument as JSON. Imported on demand: docling-core is the extra `docling`.

Boxes are in points from the top left of the upright page. What a page end cut is one item with a place for each part.
Running headers and footers are furniture, which is docling's word for what is not of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from mimetypes import types_map
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

from docling_core.types.doc import (
    BoundingBox,
    ContentLayer,
    CoordOrigin,
    DocItem,
    DocItemLabel,
    DoclingDocument,
    DocumentOrigin,
    FloatingItem,
    ImageRef,
    ListItem,
    NodeItem,
    ProvenanceItem,
    Size,
    TableCell,
    TableData,
)
from PIL import Image

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.export.format import NO_FIGURES, Figure, Figures
from ocr2_loaders.export.inline import plain_text
from ocr2_loaders.export.list_items import list_items
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.export.paged_format import encoded
from ocr2_loaders.export.table_cells import PlacedCell, grid_in, placed_cells
from ocr2_loaders.export.xml_text import xml_text
from ocr2_loaders.printable import one_line
from ocr2_loaders.sources.source import FailedSource, Source
from ocr2_loaders.structure import JoinedBlock, StructuredBlock, StructuredDocument, StructuredPage, joined_blocks

_LABELS = {
    BlockLabel.CAPTION: DocItemLabel.CAPTION,
    BlockLabel.FOOTNOTE: DocItemLabel.FOOTNOTE,
    BlockLabel.REFERENCE: DocItemLabel.REFERENCE,
    BlockLabel.HEADER: DocItemLabel.PAGE_HEADER,
    BlockLabel.FOOTER: DocItemLabel.PAGE_FOOTER,
    BlockLabel.PAGE_NUMBER: DocItemLabel.PAGE_FOOTER,
}
_DEEPEST_LEVEL = 100
_MAX_HASH = 2**64
_UNKNOWN_KIND = "application/octet-stream"


def document_bytes(document: StructuredDocument, figures: Figures) -> bytes:
    return encoded(docling_document(document, figures).model_dump_json(by_alias=True, exclude_none=True) + "\n")


def docling_document(document: StructuredDocument, figures: Figures = NO_FIGURES) -> DoclingDocument:
    """The document with headings as parents of what stands under them, and captions tied to what they are about.

    A page that is not simply good has a line of text in its place that says so.
    """
    return _Builder(document, figures).built()


class _Builder:
    """Adds blocks in reading order, and ties captions once everything is there."""

    def __init__(self, document: StructuredDocument, figures: Figures) -> None:
        source = document.pages[0].page.source
        self._pages = document.pages
        self._figures = figures
        self._joined = {each.id: each for each in joined_blocks(document.pages)}
        self._title_id = next((each.block.id for page in self._pages for each in page.blocks if _is_title(each)), None)
        self._docling = DoclingDocument(name=xml_text(one_line(source.name)), origin=_origin(source))
        self._headings: list[tuple[int, NodeItem]] = []
        self._items: dict[str, DocItem] = {}

    def built(self) -> DoclingDocument:
        for page in self._pages:
            self._docling.add_page(page.page.page_number, Size(width=page.page.width_pt, height=page.page.height_pt))
            for structured in page.blocks:
                self._add_block(structured, page)
            if note := page_note(page.page):
                self._docling.add_text(DocItemLabel.TEXT, xml_text(f"[{note}]"))
        self._tie_captions()
        return self._docling

    def _add_block(self, structured: StructuredBlock, page: StructuredPage) -> None:
        if structured.is_running:
            self._add_furniture(structured, page)
        elif joined := self._joined.get(structured.block.id):
            add = _HEADING if structured.heading_level is not None else _ADD.get(joined.label, _Builder._add_text)
            item = add(self, joined)
            item.prov = list(_places(joined))
            self._items[joined.id] = item

    def _add_furniture(self, structured: StructuredBlock, page: StructuredPage) -> None:
        block = structured.block
        box = block.bounding_box
        is_low = box is not None and box.y0 > 0.5
        label = _LABELS.get(block.label, DocItemLabel.PAGE_FOOTER if is_low else DocItemLabel.PAGE_HEADER)
        item = self._docling.add_text(label, xml_text(block.text), content_layer=ContentLayer.FURNITURE)
        item.prov = list(_places(JoinedBlock((structured,), (page,))))

    def _add_text(self, joined: JoinedBlock) -> DocItem:
        label = _LABELS.get(joined.label, DocItemLabel.TEXT)
        item: DocItem = self._docling.add_text(label, xml_text(joined.text), parent=self._parent())
        return item

    def _add_heading(self, joined: JoinedBlock) -> DocItem:
        level = joined.first.heading_level or 1
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        parent, text = self._parent(), xml_text(joined.text)
        if joined.id == self._title_id:
            item: DocItem = self._docling.add_title(text, parent=parent)
        else:
            below_title = max(1, min(level - bool(self._title_id), _DEEPEST_LEVEL))
            item = self._docling.add_heading(text, level=below_title, parent=parent)
        self._headings.append((level, item))
        return item

    def _add_formula(self, joined: JoinedBlock) -> DocItem:
        latex = xml_text(joined.first.block.latex or joined.text)
        item: DocItem = self._docling.add_formula(latex, orig=xml_text(joined.text), parent=self._parent())
        return item

    def _add_code(self, joined: JoinedBlock) -> DocItem:
        item: DocItem = self._docling.add_code(xml_text(joined.text), parent=self._parent())
        return item

    def _add_table(self, joined: JoinedBlock) -> DocItem:
        item: DocItem = self._docling.add_table(_table_data(joined.table), parent=self._parent())
        return item

    def _add_picture(self, joined: JoinedBlock) -> DocItem:
        figure = self._figures.get(joined.id)
        picture: DocItem = self._docling.add_picture(image=_image(figure) if figure else None, parent=self._parent())
        if joined.text:
            self._docling.add_text(DocItemLabel.TEXT, xml_text(joined.text), parent=picture)
        return picture

    def _add_list(self, joined: JoinedBlock) -> DocItem:
        """The items in groups, one for each depth; the first of them stands for the block."""
        items = list_items(joined.markdown)
        if not items:
            return self._add_text(joined)
        groups = [self._docling.add_list_group(parent=self._parent())]
        added: list[ListItem] = []
        for item in items:
            if item.depth >= len(groups):
                groups.append(self._docling.add_list_group(parent=added[-1]))
            del groups[item.depth + 1 :]
            marker = None if item.number is None else f"{item.number}."
            text = xml_text(plain_text(item.markdown))
            is_numbered = marker is not None
            added.append(
                self._docling.add_list_item(text, enumerated=is_numbered, marker=marker, parent=groups[item.depth])
            )
        for each in added[1:]:
            each.prov = list(_places(joined))
        return added[0]

    def _parent(self) -> NodeItem | None:
        return self._headings[-1][1] if self._headings else None

    def _tie_captions(self) -> None:
        for joined in self._joined.values():
            for caption_id in (each for part in joined.parts for each in part.caption_ids):
                captioned, caption = self._items.get(joined.id), self._items.get(caption_id)
                if isinstance(captioned, FloatingItem) and caption is not None:
                    captioned.captions.append(caption.get_ref())


_HEADING: Callable[[_Builder, JoinedBlock], DocItem] = _Builder._add_heading  # noqa: SLF001 - a table of its methods
_ADD: Mapping[BlockLabel, Callable[[_Builder, JoinedBlock], DocItem]] = MappingProxyType(
    {
        BlockLabel.FORMULA: _Builder._add_formula,  # noqa: SLF001
        BlockLabel.CODE: _Builder._add_code,  # noqa: SLF001
        BlockLabel.TABLE: _Builder._add_table,  # noqa: SLF001
        BlockLabel.FIGURE: _Builder._add_picture,  # noqa: SLF001
        BlockLabel.LIST: _Builder._add_list,  # noqa: SLF001
    }
)


def _is_title(structured: StructuredBlock) -> bool:
    return structured.block.label is BlockLabel.TITLE and structured.heading_level == 1


def _origin(source: Source | FailedSource) -> DocumentOrigin | None:
    if isinstance(source, FailedSource):
        return None
    number = int(source.sha256, 16) % _MAX_HASH
    # docling takes only the kinds of file that this Python's `mimetypes` knows
    kind = source.file_type.value if source.file_type.value in types_map.values() else _UNKNOWN_KIND
    return DocumentOrigin(mimetype=kind, binary_hash=number, filename=xml_text(one_line(source.name)))


def _places(joined: JoinedBlock) -> Iterator[ProvenanceItem]:
    """One for each box: its page, its place there, and the part of the text that the block with this box gave."""
    start = 0
    for number, (structured, page) in enumerate(zip(joined.parts, joined.pages, strict=True), start=1):
        end = len(JoinedBlock(joined.parts[:number], joined.pages[:number]).text)
        width, height = page.page.width_pt, page.page.height_pt
        for box in structured.block.bounding_boxes:
            left, top, right, bottom = box.in_points(width, height)
            yield ProvenanceItem(
                page_no=page.page.page_number,
                bbox=BoundingBox(l=left, t=top, r=right, b=bottom, coord_origin=CoordOrigin.TOPLEFT),
                charspan=(start, end),
            )
        start = end


def _table_data(table: Table | None) -> TableData:
    if table is None:
        return TableData()
    grid = grid_in(table)
    cells = [_cell(each, is_header=each.row < table.num_header_rows) for each in placed_cells(grid)]
    return TableData(table_cells=cells, num_rows=len(grid), num_cols=max(map(len, grid), default=0))


def _cell(placed: PlacedCell, *, is_header: bool) -> TableCell:
    return TableCell(
        text=xml_text(placed.cell.text),
        row_span=placed.num_rows,
        col_span=placed.num_columns,
        start_row_offset_idx=placed.row,
        end_row_offset_idx=placed.row + placed.num_rows,
        start_col_offset_idx=placed.column,
        end_col_offset_idx=placed.column + placed.num_columns,
        column_header=is_header or placed.cell.is_header,
    )


def _image(figure: Figure) -> ImageRef:
    with Image.open(figure.path) as image:
        size = Size(width=image.width, height=image.height)
    return ImageRef(mimetype="image/png", dpi=72, size=size, uri=Path(unquote(figure.link)))
