"""A file that bears its name only once it is whole."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, _TemporaryFileWrapper

from ocr2_loaders.errors import OutputError

_SUFFIX = ".ocr2.part"
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})
"""What file systems answer that know no locks."""


class WholeFile:
    """Grows beside `path` under a hidden name that ends in ".ocr2.part"; `finish` gives it its name.

    It is locked while it grows, by which `remove_abandoned` knows it from those that a killed program left. Giving the
    name replaces whatever had it: a link is never written through. Raises: OutputError from every method.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_finished = False
        with output_errors(path):
            self._file = _new_part(path)
            while not _is_ours(self._file.fileno(), Path(self._file.name)):
                self._file.close()
                self._file = _new_part(path)

    def write(self, piece: bytes) -> None:
        """What is written is on its way to the disk at once, so that it outlives a crash of this program."""
        with output_errors(self._path):
            while piece:
                piece = piece[self._file.write(piece) :]

    def finish(self) -> None:
        with output_errors(self._path):
            os.fsync(self._file.fileno())
            part = Path(self._file.name)
            part.chmod(0o666 & ~_umask())
            part.replace(self._path)
            self.is_finished = True
            self._file.close()

    def discard(self) -> None:
        """Takes away what is there of a file that was not finished; harmless after `finish`."""
        if self.is_finished:
            return
        for step in (Path(self._file.name).unlink, self._file.close):
            with suppress(OSError):
                step()


def make_folder(folder: Path) -> None:
    """Makes the folder, and shows that files can be written there by writing one, which is removed again.

    Raises: OutputError when it is not there and cannot be made, or nothing can be written into it.
    """
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix=".", suffix=_SUFFIX):
            pass
    remove_abandoned(folder)


def remove_abandoned(folder: Path) -> None:
    """Takes away unfinished files that nobody writes any more. Those that a living program writes are locked and stay;
    where the file system knows no locks, all stay.
    """
    with suppress(OSError):
        for part in folder.glob(f".*{_SUFFIX}"):
            with suppress(OSError), open(part, "rb", opener=_carefully) as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turns what the system says of writing `path` into an `OutputError`."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def _new_part(path: Path) -> _TemporaryFileWrapper[bytes]:
    return NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}-", suffix=_SUFFIX, delete=False, buffering=0)


def _carefully(path: str, flags: int) -> int:
    """Follows no link and waits for nothing."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _is_ours(descriptor: int, part: Path) -> bool:
    """Locks the new file. False when another program took it for abandoned before the lock was there."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    return part.exists()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
