"""Files of this machine: looked at before they are opened, opened so that nothing can hang, read in place."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path

from ocr2_loaders.errors import DocumentError, Ocr2Error, SourceError, SourceNotFound, SourceNotRegular
from ocr2_loaders.printable import printable
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.candidate import Candidate
from ocr2_loaders.sources.failure import not_read, too_large, unreadable
from ocr2_loaders.sources.sniff import HEAD_BYTES, Sniffed, sniffed
from ocr2_loaders.sources.source import Source
from ocr2_loaders.sources.targa import FOOTER_BYTES, may_be_targa

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISBLK, "a block device"),
    (stat.S_ISSOCK, "a socket"),
)


def local_candidate(path: Path) -> Candidate:
    """The file at the path. What cannot be shown as it is gets a file URL that opens it again."""
    shown = str(path)
    uri = shown if shown.isprintable() else path.absolute().as_uri()
    return Candidate(printable(path.name or shown), uri, lambda candidate, settings: _opened(path, candidate, settings))


def why_no_document(path: Path) -> Ocr2Error | None:
    """What the content is instead of a kind that is read here; whatever else is wrong is left to opening it."""
    name = printable(path.name)
    try:
        with regular_file(path, name) as file:
            _kind(file, name)
    except (DocumentError, SourceNotRegular) as error:
        return error
    except (SourceError, OSError):
        return None
    return None


def checked(path: Path, name: str) -> os.stat_result:
    """What the system says of the file; raises a `SourceError` where there is none or it is not a regular file."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise _not_found(path, name, error) from error
    if not stat.S_ISREG(found.st_mode):
        kind = next((kind for is_kind, kind in _KINDS if is_kind(found.st_mode)), "something special")
        raise SourceNotRegular(f"{name} is {kind}, not a file")
    return found


def _opened(path: Path, candidate: Candidate, settings: SourceSettings) -> Source:
    name = candidate.name
    if checked(path, name).st_size > settings.max_bytes:
        raise too_large(name, settings.max_bytes)
    with regular_file(path, name) as file:
        return _read(file, path, candidate)


def _read(file: BufferedReader, path: Path, candidate: Candidate) -> Source:
    try:
        before = os.fstat(file.fileno())
        kind = _kind(file, candidate.name)
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()
        num_bytes, after = file.tell(), os.fstat(file.fileno())
    except OSError as error:
        raise not_read(candidate.name, error) from error
    if (num_bytes, after.st_size, after.st_mtime_ns) != (before.st_size, before.st_size, before.st_mtime_ns):
        raise unreadable(f"{candidate.name} changed while it was read", retryable=True)
    return Source(path.absolute(), candidate.name, candidate.uri, kind.file_type, num_bytes, digest, kind.warnings)


def _kind(file: BufferedReader, name: str) -> Sniffed:
    head = file.read(HEAD_BYTES)
    return sniffed(head, name, _tail(file) if may_be_targa(head) else b"")


def _tail(file: BufferedReader) -> bytes:
    file.seek(max(0, file.seek(0, os.SEEK_END) - FOOTER_BYTES))
    return file.read(FOOTER_BYTES)


@contextmanager
def regular_file(path: Path, name: str) -> Iterator[BufferedReader]:
    """Looks before it opens, since opening alone can wait for ever or act on a device, and again at what it opened."""
    checked(path, name)
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise not_read(name, error) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SourceNotRegular(f"{name} was replaced by something that is not a file")
        yield file


def _not_found(path: Path, name: str, error: OSError | ValueError) -> SourceError:
    if isinstance(error, ValueError):
        return SourceNotFound(f"{name} is no path ({error})")
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        return SourceNotFound(f"{name} is a link to {printable(str(path.readlink()))}, which does not exist")
    return not_read(name, error)
