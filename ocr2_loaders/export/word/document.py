"""A document as a Word file, with real headings, lists, tables, equations and pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Emu, Pt, RGBColor

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.export.flow import flow_of
from ocr2_loaders.export.format import Figure, Figures
from ocr2_loaders.export.inline import words_of
from ocr2_loaders.export.list_items import list_items
from ocr2_loaders.export.word.body import Body
from ocr2_loaders.export.word.equal_bytes import with_equal_bytes
from ocr2_loaders.export.word.numbering import Numbering
from ocr2_loaders.export.word.runs import add_code, add_runs
from ocr2_loaders.export.word.table import add_table
from ocr2_loaders.export.xml_text import xml_text
from ocr2_loaders.printable import one_line
from ocr2_loaders.structure import JoinedBlock, StructuredDocument

if TYPE_CHECKING:
    from docx.document import Document

_LOWEST_HEADING = 9
_NOTE, _CODE, _FOOTNOTE = "Page Note", "Code", "Small Text"
_STYLE_OF = {BlockLabel.CAPTION: "Caption", BlockLabel.FOOTNOTE: _FOOTNOTE}
_LONGEST_TITLE = 200
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
"""The same content gives the same bytes, whenever it is written."""


def document_bytes(document: StructuredDocument, figures: Figures) -> bytes:
    """The file, the same bytes for the same document. Running headers and footers are left out."""
    file = _File(figures)
    for part in flow_of(document):
        file.add(part)
    return file.content(one_line(document.pages[0].page.source.name, _LONGEST_TITLE))


class _File:
    """The document while it grows."""

    def __init__(self, figures: Figures) -> None:
        self._document = docx.Document()
        self._numbering = Numbering(self._document)
        self._figures = figures
        _add_styles(self._document)
        self._body = Body(self._document)

    def add(self, part: JoinedBlock | str) -> None:
        """A block, or what is to be said of a page."""
        if isinstance(part, str):
            self._body.paragraph(_NOTE).add_run(xml_text(f"[{part}]"))
        elif part.first.heading_level is not None:
            level = min(part.first.heading_level, _LOWEST_HEADING)
            add_runs(self._body.paragraph(f"Heading {level}"), words_of(part.first.block))
        elif part.label is BlockLabel.LIST:
            self._add_list(part)
        elif part.label is BlockLabel.CODE:
            add_code(self._body.paragraph(_CODE), part.text)
        elif table := part.table:
            add_table(self._body, table)
        else:
            self._add_words(part)

    def content(self, title: str) -> bytes:
        properties = self._document.core_properties
        properties.title, properties.author, properties.comments = title, "", ""
        properties.created = properties.modified = _NO_DATE
        stream = BytesIO()
        self._document.save(stream)
        return with_equal_bytes(stream.getvalue())

    def _add_words(self, part: JoinedBlock) -> None:
        if part.label is BlockLabel.FIGURE:
            self._add_figure(part, self._figures.get(part.id))
        markdown = part.markdown if len(part.parts) > 1 else words_of(part.first.block)
        for paragraph in filter(str.strip, markdown.split("\n\n")):
            add_runs(self._body.paragraph(_STYLE_OF.get(part.label, "Normal")), paragraph)

    def _add_list(self, part: JoinedBlock) -> None:
        for item in list_items(part.markdown):
            paragraph = self._body.paragraph(self._numbering.style_of(item))
            self._numbering.apply(paragraph, item)
            add_runs(paragraph, item.markdown)
        self._numbering.end_list()

    def _add_figure(self, part: JoinedBlock, figure: Figure | None) -> None:
        """The picture in its own size, made to fit the page; a line in its place where none was saved."""
        if figure is None:
            self._body.paragraph(_NOTE).add_run(f"[figure on page {part.first.block.page_number}]")
            return
        picture = self._body.paragraph("Normal").add_run().add_picture(str(figure.path))
        if picture.width > self._body.width:
            picture.height = Emu(picture.height * self._body.width // picture.width)
            picture.width = self._body.width


def _add_styles(document: Document) -> None:
    note, code, small = (document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in (_NOTE, _CODE, _FOOTNOTE))
    for style in (note, code, small):
        style.base_style = document.styles["Normal"]
    note.font.italic, note.font.color.rgb = True, RGBColor(0xAA, 0, 0)
    code.font.name, code.font.size = "Courier New", Pt(9)
    small.font.size = Pt(9)
