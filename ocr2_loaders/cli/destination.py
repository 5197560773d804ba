"""Where converted documents go: stdout, or files in a folder that appear whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ocr2_loaders.blocks import PageResult
from ocr2_loaders.cli.file_names import FileNames
from ocr2_loaders.cli.whole_file import WholeFile, make_folder
from ocr2_loaders.export import Format
from ocr2_loaders.sources import FailedSource, Source


class Destination(Protocol):
    """Takes pages as they come, all pages of a source in a row."""

    def write(self, page: PageResult) -> None: ...

    def close(self) -> None:
        """Finishes the last document."""
        ...


class StdoutDestination:
    """One document after the other on stdout, every page as soon as it is there."""

    def __init__(self, document_format: Format) -> None:
        self._format = document_format
        self._source: Source | FailedSource | None = None

    def write(self, page: PageResult) -> None:
        is_first = page.source is not self._source
        if is_first:
            self.close()
        self._source = page.source
        sys.stdout.write(self._format.piece(page, is_first=is_first))
        sys.stdout.flush()

    def close(self) -> None:
        if self._source is not None:
            sys.stdout.write(self._format.closing)
            sys.stdout.flush()


class FolderDestination:
    """A file in `folder` for each source and format. It bears its name once it is whole; until then it is a ".part"."""

    def __init__(self, folder: Path, formats: Sequence[Format]) -> None:
        make_folder(folder)
        self._folder = folder
        self._formats = formats
        self._names = FileNames()
        self._source: Source | FailedSource | None = None
        self._documents: list[_Document] = []

    def write(self, page: PageResult) -> None:
        if page.source is not self._source:
            self.close()
            self._source = page.source
            stem = self._names.unused_stem(page.source.name)
            self._documents = [_Document(self._folder / (stem + each.suffix), each) for each in self._formats]
        for document in self._documents:
            document.add(page)

    def close(self) -> None:
        for document in self._documents:
            document.finish()
        self._documents = []


class _Document:
    """One output file while it grows."""

    def __init__(self, path: Path, document_format: Format) -> None:
        self._format = document_format
        self._file = WholeFile(path)
        self._is_empty = True

    def add(self, page: PageResult) -> None:
        self._file.write(_encoded(self._format.piece(page, is_first=self._is_empty)))
        self._is_empty = False

    def finish(self) -> None:
        self._file.write(_encoded(self._format.closing))
        self._file.finish()


def _encoded(piece: str) -> bytes:
    return piece.encode(errors="backslashreplace")
