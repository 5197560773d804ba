"""The folder that a run writes into: it can be written, and nothing half-finished stays behind in it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from ocr2_loaders.cli.whole_file import WholeFile, make_folder
from ocr2_loaders.errors import OutputError


class OutputFolder(AbstractContextManager["OutputFolder"]):
    """Hands out files. Whatever ends the `with` block, those that are not finished by then are taken away."""

    def __init__(self, path: Path) -> None:
        """Raises: OutputError when the folder cannot be made or written, before anything is read."""
        make_folder(path)
        self.path = path
        self._growing: list[WholeFile] = []
        self._has_finished = False

    def file(self, path: Path) -> WholeFile:
        """The file at a path in this folder or below it. Raises: OutputError."""
        self._forget_finished()
        file = WholeFile(path)
        self._growing.append(file)
        return file

    def write(self, path: Path, content: bytes) -> None:
        """A whole file at once. Raises: OutputError."""
        file = self.file(path)
        file.write(content)
        file.finish()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._forget_finished()
        for file in self._growing:
            file.discard()
        if isinstance(error, OutputError) and self._has_finished and not error.hint:
            error.hint = "what was finished before is whole"

    def _forget_finished(self) -> None:
        self._has_finished |= any(file.is_finished for file in self._growing)
        self._growing = [file for file in self._growing if not file.is_finished]
