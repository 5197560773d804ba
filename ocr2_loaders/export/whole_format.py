"""A document format that needs all pages of a source before it can write the first byte."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from model_runtime.install_line import install_line
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.errors import OutputError
from ocr2_loaders.export.format import NO_FIGURES, Figure, Figures
from ocr2_loaders.structure import StructuredDocument, StructuredPage, structured_document

WriteDocument = Callable[[StructuredDocument, Figures], bytes]
"""Writes a whole document; it has at least one page."""


@dataclass(frozen=True, slots=True)
class WholeFormat:
    """`module` has a function `document_bytes`, a `WriteDocument`; it is imported when the format is first used.

    `extra` is the extra of this distribution that brings the packages which `module` imports, None where it needs none.
    """

    suffix: str
    module: str
    extra: str | None = None
    is_text: bool = False

    def writer(self) -> WholeWriter:
        """A writer that gives the whole document at its end. Raises: OutputError when a package is missing."""
        return WholeWriter(self._write_document())

    def document(self, pages: Sequence[PageResult], figures: Figures = NO_FIGURES) -> bytes:
        """The document of these pages of one source. Raises: OutputError when a package is missing."""
        return self._write_document()(structured_document(pages), figures)

    def _write_document(self) -> WriteDocument:
        try:
            write: WriteDocument = import_module(self.module).document_bytes
        except ModuleNotFoundError as error:
            hint = install_line(self.extra) if self.extra else None
            raise OutputError(f"{self.suffix} files need {error.name}", hint=hint) from error
        return write


class WholeWriter:
    """Keeps pages, which hold no pixels, and settles their structure once the last one is there."""

    def __init__(self, write_document: WriteDocument) -> None:
        self._write_document = write_document
        self._pages: list[PageResult] = []
        self._figures: dict[str, Figure] = {}

    def add(self, page: StructuredPage, figures: Figures = NO_FIGURES) -> bytes:
        self._pages.append(page.page)
        self._figures.update(figures)
        return b""

    def finish(self) -> bytes:
        pages, self._pages = self._pages, []
        return self._write_document(structured_document(pages), self._figures) if pages else b""
