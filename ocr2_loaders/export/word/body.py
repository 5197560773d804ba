"""The body of a Word document while it grows, at a cost that does not grow with it.

python-docx looks for the end of the body and for the style by its name with every paragraph that it adds: on a
document of 500 pages, minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docx.oxml.parser import OxmlElement
from docx.oxml.table import CT_Tbl
from docx.shared import Emu
from docx.text.paragraph import Paragraph

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.text.paragraph import CT_P


class Body:
    """Adds paragraphs and tables behind all others. Styles that the document gets later are not known here."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._style_ids = {style.name: style.style_id for style in document.styles}
        section = document.sections[0]
        self._end = section._sectPr  # noqa: SLF001 - the body's last element
        self.width = Emu((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))

    def paragraph(self, style: str) -> Paragraph:
        """An empty paragraph in the style of that name."""
        element = cast("CT_P", OxmlElement("w:p"))
        element.style = self._style_ids[style]
        self._end.addprevious(element)
        return self.paragraph_of(element)

    def paragraph_of(self, element: CT_P) -> Paragraph:
        """The paragraph of an element that stands elsewhere, in a cell for instance."""
        return Paragraph(element, self._document)

    def table(self, num_columns: int, style: str) -> CT_Tbl:
        """A table without rows."""
        table = CT_Tbl.new_tbl(0, num_columns, self.width)
        table.tblStyle_val = self._style_ids[style]
        self._end.addprevious(table)
        return table
