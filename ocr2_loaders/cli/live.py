"""`ocr2 convert --stream`: each block on stdout as soon as it is complete."""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from ocr2_loaders.blocks import Block, PageResult
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.export import MARKDOWN, NO_FIGURES, TEXT, PagedFormat, markdown_of
from ocr2_loaders.structure import StructuredBlock, StructuredPage

_FORMATS: dict[str, tuple[PagedFormat, Callable[[StructuredBlock], str]]] = {
    "markdown": (MARKDOWN, markdown_of),
    "text": (TEXT, lambda structured: structured.block.text),
}


def as_written(page: PageResult) -> StructuredPage:
    """The page as its blocks were told while it was under way: what other pages say of it came too late."""
    return StructuredPage(page, tuple(map(StructuredBlock, page.blocks)))


class LiveDestination:
    """Blocks while their page is under way, then what else is to be said of the page.

    A document comes out as its pages were read: headings at their level on the page, running headers in their place.
    A page without blocks may be named after the page behind it. A page that was read a second time, to other words, is
    printed again as a whole.
    """

    def __init__(self, format_name: str) -> None:
        """Raises: typer.BadParameter for a format that is not written block by block."""
        if format_name not in _FORMATS:
            raise typer.BadParameter(f"--stream writes {' or '.join(_FORMATS)}, not {format_name}")
        self._format, self._text_of = _FORMATS[format_name]
        self._told = ""
        self._told_page: int | None = None
        self._is_empty = True

    def tell(self, block: Block) -> None:
        """Prints a block of the page under way."""
        text = self._text_of(StructuredBlock(block))
        if not text:
            return
        if self._told_page != block.page_index:
            self._told, self._told_page = "", block.page_index
        lead = "\n\n" if self._told else self._separator()
        self._told += ("\n\n" if self._told else "") + text
        self._print(lead + text)

    def write(self, structured: StructuredPage) -> None:
        """What is still to be said of a page that `as_written` made."""
        page = structured.page
        text = self._format.page(structured, NO_FIGURES)
        told = self._told if page.page_index == self._told_page and page.blocks else ""
        if told:
            self._told, self._told_page = "", None
        if told and not text.startswith(told):
            stderr.print(f"page {page.page_number} was read again and follows as a whole", style="yellow")
            told = ""
        self._print(text[len(told) :] if told else self._separator() + text)

    def close(self) -> None:
        if not self._is_empty:
            self._print(self._format.closing)

    def _separator(self) -> str:
        return "" if self._is_empty else self._format.separator

    def _print(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
        self._is_empty = False
