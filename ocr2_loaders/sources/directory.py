"""Directories and globs → the documents in them, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ocr2_loaders.errors import SourceError, SourceNotFound
from ocr2_loaders.printable import printable
from ocr2_loaders.sources.candidate import Candidate
from ocr2_loaders.sources.failure import not_read
from ocr2_loaders.sources.local import local_candidate, why_no_document
from ocr2_loaders.sources.passed_over import Listener, PassedOver, told
from ocr2_loaders.sources.sniff import claims_to_be_readable
from ocr2_loaders.sources.source import FailedSource

Entry = Candidate | FailedSource


def path_entries(path: Path, listener: Listener | None = None) -> Iterator[Entry]:
    """What a path of this machine names: a file, a directory, or a glob where nothing has that very name.

    Below a directory or a glob, a file counts as a document for its content, or for a name such as "a.pdf" or "b.png":
    then wrong content is an error rather than a reason to pass over it. The `listener` hears of each file that is
    passed over. Hidden files are left out and not told of, and links to directories are not followed; a glob finds
    hidden names only where it has one itself. The order is by name, depth first. Without any document there is one
    `FailedSource` that says so.
    """
    if _is_directory(path):
        yield from _or_nothing(_documents(_walked(path), listener), path, "holds no document")
    elif has_magic(str(path)) and not os.path.lexists(path):
        yield from _or_nothing(_documents(_matches(path), listener), path, "matches no document")
    else:
        yield local_candidate(path)


def has_magic(text: str) -> bool:
    return any(character in text for character in "*?[")


def hidden(parts: Iterable[str]) -> bool:
    return any(part.startswith(".") and part not in {".", ".."} for part in parts)


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # looking at the file will say what is wrong
        return False


def _or_nothing(entries: Iterator[Entry], place: Path, lack: str) -> Iterator[Entry]:
    first = next(entries, None)
    if first is None:
        yield _failed(place, SourceNotFound(f"{printable(str(place))} {lack}"))
        return
    yield first
    yield from entries


def _documents(found: Iterator[Path | FailedSource], listener: Listener | None) -> Iterator[Entry]:
    for path in found:
        if isinstance(path, FailedSource):
            yield path
            continue
        candidate = local_candidate(path)
        error = None if claims_to_be_readable(path.name) else why_no_document(path)
        if error is None:
            yield candidate
        else:
            told(PassedOver(candidate.name, candidate.uri, error), listener)


def _walked(directory: Path) -> Iterator[Path | FailedSource]:
    pending = [(directory, True)]
    while pending:
        path, is_directory = pending.pop()
        if not is_directory:
            yield path
            continue
        try:
            pending += reversed(_children(path))
        except OSError as error:
            yield _failed(path, not_read(printable(path.name), error))


def _children(directory: Path) -> list[tuple[Path, bool]]:
    with os.scandir(directory) as entries:
        return sorted(
            (Path(entry.path), entry.is_dir(follow_symlinks=False))
            for entry in entries
            if not entry.name.startswith(".")
        )


def _matches(pattern: Path) -> Iterator[Path | FailedSource]:
    root = Path(pattern.anchor)
    relative = pattern.relative_to(root)
    try:
        found = sorted(path for path in root.glob(str(relative)) if not _is_directory(path))
    except (ValueError, OSError) as error:
        yield _failed(pattern, SourceNotFound(f"{printable(str(pattern))} is no pattern ({error})"))
        return
    yield from (path for path in found if hidden(relative.parts) or not hidden(path.relative_to(root).parts))


def _failed(place: Path, error: SourceError) -> FailedSource:
    known = local_candidate(place)
    return FailedSource(known.name, known.uri, error)
