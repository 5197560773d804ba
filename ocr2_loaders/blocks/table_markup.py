"""Table HTML as a model writes it, read into rows: unclosed, cut off, nested, with text that only looks like tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from threading import local
from typing import Any

from lxml import etree

from ocr2_loaders.blocks.html_tag import LINE_BREAKS, STYLES, TABLE_PARTS, TABLE_TAG, TEXT_TAG
from ocr2_loaders.blocks.table_grid import Cell, Row

_NOT_A_TAG = re.compile(rf"<(?!(?:{TABLE_TAG[1:]}|{TEXT_TAG[1:]}))", re.IGNORECASE)
_CUT_TAG = re.compile(rf"</?(?:{TABLE_PARTS})?(?:(?<=t[dh])\s[\w\s=\"']*)?\Z|</?t[a-z]?\Z", re.IGNORECASE)
"""What the end of a transcript leaves of a table's tag."""
_NESTING = re.compile(rf"<(/?)(?:table|center|span|{'|'.join((*STYLES, *LINE_BREAKS))})(?![\w-])", re.IGNORECASE)
_DEEPEST = 64
_NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_SPAN = re.compile(r"[0-9]{1,9}")
_SPACES = re.compile(r"\s+")
_EDGE_BREAKS = re.compile(r"^(?:<br>)+|(?:<br>)+$")


def rows_in(html: str) -> tuple[list[Row], str] | None:
    """The rows of one table, and the text of it that stands in no cell; None when it is nested too deeply to be read.

    Inner tables become lines of the cell they stand in. Whatever is no tag of a table or of simple text, is text.
    """
    if _is_too_deep(html):
        return None
    readable = _NOT_A_TAG.sub("&lt;", _CUT_TAG.sub("", _NOT_IN_HTML.sub("\ufffd", html)))
    rows, outside = _parser().read("<table>" + readable)
    return rows, " ".join("".join(outside).split())


class _TableParser:
    """An HTML parser that is made once: lxml inspects its target at length every time it makes one."""

    def __init__(self) -> None:
        self._builder = _RowBuilder()
        target: Any = self._builder  # lxml's stubs ask for comments too, and here these are text
        self._html_parser = etree.HTMLParser(target=target, huge_tree=True)

    def read(self, html: str) -> tuple[list[Row], list[str]]:
        self._builder.begin()
        etree.fromstring(html, self._html_parser)
        return self._builder.rows, self._builder.outside


_OF_THREAD = local()


def _parser() -> _TableParser:
    """The calling thread's own."""
    if not hasattr(_OF_THREAD, "parser"):
        _OF_THREAD.parser = _TableParser()
    parser: _TableParser = _OF_THREAD.parser
    return parser


def _is_too_deep(html: str) -> bool:
    """Deep nesting is never a table of a page, and the time a parser takes for it grows with its square."""
    depth = 0
    for found in _NESTING.finditer(html):
        depth = max(0, depth - 1) if found[1] else depth + 1
        if depth > _DEEPEST:
            return True
    return False


class _RowBuilder:
    """Takes the events of the HTML parser, which closes what the model left open."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget the table before."""
        self.rows: list[Row] = []
        self.outside: list[str] = []
        self._cells: list[Cell] | None = None
        self._cell: _CellBuilder | None = None
        self._in_head = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._cell:
            self._cell.start(tag)
        elif tag == "tr":
            self._end_row()
            self._cells = []
        elif tag in {"td", "th"}:
            self._cells = [] if self._cells is None else self._cells
            self._cell = _CellBuilder(tag, attributes)
        else:
            self._in_head = self._in_head or tag == "thead"
            self.outside.append(" ")

    def end(self, tag: str) -> None:
        if self._cell and not self._cell.ends_with(tag):
            self._cell.end(tag)
        elif self._cell and self._cells is not None:
            self._cells.append(self._cell.cell())
            self._cell = None
        else:
            self._in_head = self._in_head and tag != "thead"
            self.outside.append(" ")
            if tag == "tr":
                self._end_row()

    def data(self, data: str) -> None:
        if self._cell:
            self._cell.data(data)
        else:
            self.outside.append(data)

    def close(self) -> None:
        self._end_row()

    def _end_row(self) -> None:
        if self._cells is not None:
            self.rows.append(Row(tuple(self._cells), self._in_head))
        self._cells = None


class _CellBuilder:
    """What stands between `<td>` and `</td>`, as safe markup and as text."""

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._tag = tag
        self._row_span = _span(attributes.get("rowspan"))
        self._col_span = _span(attributes.get("colspan"))
        self._num_tables = 0
        self._markup: list[str] = []
        self._text: list[str] = []

    def start(self, tag: str) -> None:
        self._num_tables += tag == "table"
        if tag in STYLES:
            self._markup.append(f"<{STYLES[tag]}>")
        elif tag in LINE_BREAKS or tag in {"table", "tr"}:
            self._break_line()
        elif tag in {"td", "th"}:
            self.data(" ")

    def end(self, tag: str) -> None:
        self._num_tables -= tag == "table"
        if tag in STYLES:
            self._markup.append(f"</{STYLES[tag]}>")
        elif tag in {"table", "p", "div", "li"}:
            self._break_line()

    def ends_with(self, tag: str) -> bool:
        return tag == self._tag and not self._num_tables

    def data(self, data: str) -> None:
        self._markup.append(_SPACES.sub(" ", escape(data, quote=False)))
        self._text.append(_SPACES.sub(" ", data))

    def cell(self) -> Cell:
        markup = _EDGE_BREAKS.sub("", "".join(self._markup).strip())
        lines = (" ".join(line.split()) for line in "".join(self._text).split("\n"))
        text = "\n".join(filter(None, lines))
        return Cell(markup, text, self._row_span, self._col_span, self._tag == "th")

    def _break_line(self) -> None:
        self._markup.append("<br>")
        self._text.append("\n")


def _span(written: str | None) -> int:
    """What the attribute says, 1 where there is none, 0 for what is no span."""
    if written is None:
        return 1
    found = _SPAN.fullmatch(written.strip())
    return int(found[0]) if found else 0
