"""A file that bears its name only once it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from ocr2_loaders.errors import OutputError


class WholeFile:
    """Grows beside `path` under a hidden name that ends in ".part"; `finish` gives it its name.

    Giving the name replaces whatever had it: a link is never written through. Raises: OutputError from every method.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with output_errors(path):
            self._file = NamedTemporaryFile(  # noqa: SIM115 - closed by finish()
                dir=path.parent, prefix=f".{path.stem}-", suffix=".part", delete=False, buffering=0
            )

    def write(self, piece: bytes) -> None:
        """What is written is on its way to the disk at once, so that it outlives a crash of this program."""
        with output_errors(self._path):
            while piece:
                piece = piece[self._file.write(piece) :]

    def finish(self) -> None:
        with output_errors(self._path):
            os.fsync(self._file.fileno())
            self._file.close()
            part = Path(self._file.name)
            part.chmod(0o666 & ~_umask())
            part.replace(self._path)


def make_folder(folder: Path) -> None:
    """Raises: OutputError when it is not there and cannot be made."""
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turns what the system says of writing `path` into an `OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}", hint="what was finished before is whole"
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
