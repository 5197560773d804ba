"""Directories and globs → the documents in them, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ocr2_loaders.errors import SourceError, SourceNotFound
from ocr2_loaders.printable import printable
from ocr2_loaders.sources.candidate import Candidate
from ocr2_loaders.sources.failure import not_read
from ocr2_loaders.sources.local import local_candidate, why_no_document
from ocr2_loaders.sources.own_picture import is_own_picture
from ocr2_loaders.sources.sniff import claims_to_be_readable
from ocr2_loaders.sources.source import FailedSource
from ocr2_loaders.sources.walk import EVERYTHING, Walk

Entry = Candidate | FailedSource


def path_entries(path: Path, walk: Walk = EVERYTHING) -> Iterator[Entry]:
    """What a path of this machine names: a file, a directory, or a glob where nothing has that very name.

    Below a directory or a glob, a file counts as a document for its content, or for a name such as "a.pdf" or "b.png":
    then wrong content is an error rather than a reason to pass over it. Each file that is passed over is told of, but
    for hidden ones, which are left out; links to directories are not followed; a glob finds hidden names only where it
    has one itself. The order is by name, depth first. Without any document there is one `FailedSource` that says so.

    Pictures that the command line wrote, such as figures of documents, count where they or a glob were named, and not
    in a directory.
    """
    if _is_directory(path):
        found = (each for each in _walked(path, walk.left_out) if not _is_own(each))
        yield from _or_nothing(_documents(found, walk), path, "holds no document")
    elif has_magic(str(path)) and not os.path.lexists(path):
        yield from _or_nothing(_documents(_matches(path, walk.left_out), walk), path, "matches no document")
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
        hint = "a glob such as *.png reads pictures that ocr2 wrote" if _has_own(place) else None
        yield _failed(place, SourceNotFound(f"{printable(str(place))} {lack}", hint=hint))
        return
    yield first
    yield from entries


def _documents(found: Iterator[Path | FailedSource], walk: Walk) -> Iterator[Entry]:
    for path in found:
        if isinstance(path, FailedSource):
            yield path
            continue
        candidate = local_candidate(path)
        error = None if claims_to_be_readable(path.name) else why_no_document(path)
        if error is None:
            yield candidate
        else:
            walk.pass_over(candidate.name, candidate.uri, error)


def _walked(directory: Path, left_out: Sequence[Path]) -> Iterator[Path | FailedSource]:
    pending = [(directory, True)]
    while pending:
        path, is_directory = pending.pop()
        if not is_directory:
            yield path
            continue
        try:
            pending += reversed([each for each in _children(path) if not (each[1] and _is_one_of(left_out, each[0]))])
        except OSError as error:
            yield _failed(path, not_read(printable(path.name), error))


def _children(directory: Path) -> list[tuple[Path, bool]]:
    with os.scandir(directory) as entries:
        return sorted(
            (Path(entry.path), entry.is_dir(follow_symlinks=False))
            for entry in entries
            if not entry.name.startswith(".")
        )


def _matches(pattern: Path, left_out: Sequence[Path]) -> Iterator[Path | FailedSource]:
    root = Path(pattern.anchor)
    relative = pattern.relative_to(root)
    try:
        found = sorted(path for path in root.glob(str(relative)) if not _is_directory(path))
    except (ValueError, OSError) as error:
        yield _failed(pattern, SourceNotFound(f"{printable(str(pattern))} is no pattern ({error})"))
        return
    for path in found:
        is_passed_over = hidden(path.relative_to(root).parts) and not hidden(relative.parts)
        if not is_passed_over and not any(_is_one_of(left_out, above) for above in _wildly_found(path, pattern)):
            yield path


def _wildly_found(path: Path, pattern: Path) -> Iterable[Path]:
    """The folders of a path that no fixed part of the pattern named."""
    num_fixed = next(number for number, part in enumerate(pattern.parts) if has_magic(part))
    return (above for above in path.parents if len(above.parts) > num_fixed)


def _is_one_of(folders: Sequence[Path], path: Path) -> bool:
    return bool(folders) and path.resolve() in folders


def _has_own(place: Path) -> bool:
    return _is_directory(place) and any(map(_is_own, _walked(place, ())))


def _is_own(found: Path | FailedSource) -> bool:
    return isinstance(found, Path) and is_own_picture(found)


def _failed(place: Path, error: SourceError) -> FailedSource:
    known = local_candidate(place)
    return FailedSource(known.name, known.uri, error)
