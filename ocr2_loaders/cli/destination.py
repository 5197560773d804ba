"""Where converted documents go: stdout, or files in a folder that appear whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

from ocr2_loaders.cli.figure_files import FigureFiles
from ocr2_loaders.cli.file_names import FileNames
from ocr2_loaders.cli.output_folder import OutputFolder
from ocr2_loaders.cli.whole_file import WholeFile
from ocr2_loaders.export import NO_FIGURES, DocumentWriter, Figures, Format
from ocr2_loaders.pipeline import Pictures
from ocr2_loaders.sources import FailedSource, Source
from ocr2_loaders.structure import StructuredPage


class Destination(Protocol):
    """Takes pages as they come, all pages of a source in a row."""

    def write(self, structured: StructuredPage) -> None: ...

    def close(self) -> None:
        """Finishes the last document."""
        ...


class StdoutDestination:
    """One document after the other on stdout, every page as soon as its format can write it."""

    def __init__(self, document_format: Format) -> None:
        self._format = document_format
        self._writer = document_format.writer()
        self._source: Source | FailedSource | None = None

    def write(self, page: StructuredPage) -> None:
        if page.page.source is not self._source:
            self.close()
            self._source = page.page.source
        _print(self._writer.add(page))

    def close(self) -> None:
        _print(self._writer.finish())
        self._writer = self._format.writer()


def _print(piece: bytes) -> None:
    sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


class FolderDestination:
    """A file in `folder` for each source and format. It bears its name once it is whole; until then it is a ".part".

    With `pictures`, figures are saved in a folder beside the files of their source, and linked from them.
    """

    def __init__(self, folder: OutputFolder, formats: Sequence[Format], pictures: Pictures | None = None) -> None:
        """Raises: OutputError when a format's package is missing."""
        for each in formats:
            each.writer()  # a missing package is told before the first page is read
        self._folder = folder
        self._formats = formats
        self._pictures = pictures
        self._names = FileNames()
        self._source: Source | FailedSource | None = None
        self._documents: list[_Document] = []
        self._figure_files: FigureFiles | None = None

    def write(self, page: StructuredPage) -> None:
        if page.page.source is not self._source:
            self.close()
            self._open(page.page.source)
        figures = self._figure_files.of(page.page) if self._figure_files else NO_FIGURES
        for document in self._documents:
            document.add(page, figures)

    def close(self) -> None:
        for document in self._documents:
            document.finish()
        self._documents = []

    def _open(self, source: Source | FailedSource) -> None:
        self._source = source
        stem = self._names.unused_stem(source.name)
        path = self._folder.path
        self._documents = [
            _Document(self._folder.file(path / (stem + each.suffix)), each.writer()) for each in self._formats
        ]
        self._figure_files = FigureFiles(self._folder, f"{stem}-figures", self._pictures) if self._pictures else None


class _Document:
    """One output file while it grows."""

    def __init__(self, file: WholeFile, writer: DocumentWriter) -> None:
        self._writer = writer
        self._file = file

    def add(self, page: StructuredPage, figures: Figures) -> None:
        self._file.write(self._writer.add(page, figures))

    def finish(self) -> None:
        self._file.write(self._writer.finish())
        self._file.finish()
