"""Files behind an fsspec file system → temporary copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from fsspec import AbstractFileSystem, available_protocols
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem
from fsspec.registry import known_implementations

from ocr2_loaders.errors import DocumentError, Ocr2Error, SourceError, SourceNotFound, SourceNotRegular, UrlRefused
from ocr2_loaders.printable import printable
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.candidate import Candidate
from ocr2_loaders.sources.deadline import Deadline
from ocr2_loaders.sources.directory import Entry, has_magic, hidden, path_entries
from ocr2_loaders.sources.failure import ReaderErrors, too_large, unreadable
from ocr2_loaders.sources.local import checked
from ocr2_loaders.sources.public_url import public_url, url_name
from ocr2_loaders.sources.sniff import HEAD_BYTES, claims_to_be_readable, sniffed
from ocr2_loaders.sources.source import FailedSource, Source
from ocr2_loaders.sources.spool import CHUNK_BYTES, Chunks, spooled
from ocr2_loaders.sources.walk import EVERYTHING, Walk

_CHECKS_NO_ADDRESS = frozenset(
    {"http", "https", "ftp", "webdav", "webhdfs", "webHDFS", "jupyter", "jlab", "reference", "generic"}
)
"""File systems that connect to whatever address a URL or a file's content names."""
_CACHES = frozenset({"simplecache", "filecache", "blockcache", "cached"})
_LOCAL = frozenset({"file", "local"})


@dataclass(frozen=True, slots=True)
class _Place:
    """A path on a file system, and the URL it was named by; no URL where the caller brought the file system."""

    file_system: AbstractFileSystem
    path: str
    url: str | None = None

    @property
    def shown(self) -> str:
        return public_url(self.url or str(self.file_system.unstrip_protocol(self.path)))

    @property
    def name(self) -> str:
        return printable(PurePosixPath(self.path).name) or url_name(self.shown)

    def below(self, path: str) -> _Place:
        """The place of a path that was found below this one, or by this one's pattern."""
        return replace(self, path=path, url=self.url and _expanded_url(self.url, self.path, path))


def url_entries(url: str, walk: Walk = EVERYTHING) -> Iterator[Entry]:
    """What an fsspec URL names: a file, a directory or a glob, chosen as on this machine. http(s) is not for here."""
    try:
        place = _place(url)
    except Ocr2Error as error:
        yield FailedSource(url_name(url), public_url(url), error)
        return
    yield from _entries(place, walk)


def file_system_entries(file_system: AbstractFileSystem, path: str, walk: Walk = EVERYTHING) -> Iterator[Entry]:
    """What a path names on the caller's file system."""
    if isinstance(file_system, LocalFileSystem):
        stripped = Path(file_system._strip_protocol(path))  # noqa: SLF001 - what all of fsspec calls
        yield from path_entries(stripped, walk)
        return
    if refused := _protocols(file_system) & _CHECKS_NO_ADDRESS:
        error = UrlRefused(f"a file system for {min(refused)} checks no addresses", hint="pass http(s) URLs without fs")
        yield FailedSource(printable(PurePosixPath(path).name), public_url(path), error)
        return
    place = _Place(file_system, str(file_system._strip_protocol(path)))  # noqa: SLF001 - see above
    yield from _entries(place, walk)


def _protocols(file_system: AbstractFileSystem) -> set[str]:
    """Those it names, and those that its class is registered for: up to fsspec 2025.9, that of HTTP named none."""
    named = {file_system.protocol} if isinstance(file_system.protocol, str) else set(file_system.protocol)
    classes = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(file_system).__mro__}
    return named | {protocol for protocol, entry in known_implementations.items() if entry["class"] in classes}


def _place(url: str) -> _Place:
    links = url.split("::")
    schemes = [link.partition("://")[0] for link in links]
    if refused := next((scheme for scheme in schemes if scheme.lower() in _CHECKS_NO_ADDRESS), None):
        raise UrlRefused(f"{refused} is not read through fsspec", hint="http(s) URLs are read when they stand alone")
    for link in links:
        _check_local(link)
    try:
        with ReaderErrors(url_name(url), url=url):
            file_system, path = url_to_fs(url)
            return _Place(file_system, path, url)
    except ImportError as error:
        message = f"{printable(schemes[0])} URLs need a package that is not installed"
        raise unreadable(message, retryable=False, hint=error.msg) from error


def _check_local(link: str) -> None:
    """A link of a chain that names a file of this machine must be safe to open, like any other."""
    scheme, separator, path = link.partition("://")
    known = link in available_protocols() if not separator else scheme in available_protocols()
    if not separator and not known:
        checked(Path(link), printable(Path(link).name))
    elif scheme in _LOCAL:
        checked(Path(path), printable(Path(path).name))
    elif not known:
        raise UrlRefused(f"the scheme {printable(scheme)} is not known", hint="http, https and those of fsspec are")


def _entries(place: _Place, walk: Walk) -> Iterator[Entry]:
    try:
        with ReaderErrors(place.name, url=place.shown):
            found = _found(place)
    except SourceError as error:
        yield FailedSource(place.name, place.shown, error)
        return
    if found is None:
        yield _candidate(place)
        return
    documents = list(_documents(found, walk))
    if not documents:
        yield FailedSource(place.name, place.shown, SourceNotFound(f"{place.shown} holds or matches no document"))
    yield from map(_candidate, documents)


def _documents(found: list[_Place], walk: Walk) -> Iterator[_Place]:
    for place in found:
        error = None if claims_to_be_readable(place.path) else _why_no_document(place)
        if error is None:
            yield place
        else:
            walk.pass_over(place.name, place.shown, error)


def _found(place: _Place) -> list[_Place] | None:
    """The files below a directory or behind a pattern, sorted; None where the path means one file."""
    file_system, path = place.file_system, place.path
    if file_system.isdir(path):
        paths = file_system.find(path)
    elif has_magic(path) and not file_system.exists(path):
        paths = [name for name, found in file_system.glob(path, detail=True).items() if found["type"] != "directory"]
    else:
        return None
    return [place.below(found) for found in sorted(paths) if hidden(path.split("/")) or not hidden(found.split("/"))]


def _candidate(place: _Place) -> Candidate:
    return Candidate(place.name, place.shown, lambda candidate, settings: _opened(place, candidate, settings))


def _opened(place: _Place, candidate: Candidate, settings: SourceSettings) -> Source:
    return spooled(_reads(place, settings), candidate, settings)


def _reads(place: _Place, settings: SourceSettings) -> Chunks:
    """The deadline is looked at between reads; one read takes as long as its file system lets it."""
    deadline, num_bytes = Deadline(place.name, settings.timeout_s), 0
    with ReaderErrors(place.name, url=place.url or ""):
        size = _size(place)
        if size is not None and size > settings.max_bytes:
            raise too_large(place.name, settings.max_bytes)
        with place.file_system.open(place.path, "rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                deadline.remaining_s()
                num_bytes += len(chunk)
                yield chunk
    if size is not None and num_bytes < size:
        raise unreadable(f"{place.name} changed while it was read", retryable=True)


def _size(place: _Place) -> int | None:
    found = place.file_system.info(place.path)
    if found["type"] != "file":
        raise SourceNotRegular(f"{place.name} is a {found['type']}, not a file")
    size = found.get("size")
    return size if isinstance(size, int) else None


def _why_no_document(place: _Place) -> DocumentError | None:
    """What the content is instead; whatever else is wrong is left to opening it."""
    try:
        with ReaderErrors(place.name), place.file_system.open(place.path, "rb") as file:
            sniffed(file.read(HEAD_BYTES), place.name)
    except DocumentError as error:
        return error
    except SourceError:
        return None
    return None


def _expanded_url(url: str, root: str, path: str) -> str:
    """The URL of a path below the root that `url` names: the link that names it is continued, the chain is kept."""
    links = url.split("::")
    index = next((index for index, link in enumerate(links) if link not in _CACHES), 0)
    link = links[index] if "://" in links[index] else f"{links[index]}://"
    stem, root_stem = _without_pattern(link), _without_pattern(root)
    links[index] = stem + path.removeprefix(root_stem).lstrip("/")
    return "::".join(links)


def _without_pattern(text: str) -> str:
    """The directory, with its slash, up to the first pattern in it."""
    fixed = next((index for index, character in enumerate(text) if character in "*?["), None)
    if fixed is not None:
        return text[: text.rfind("/", 0, fixed) + 1]
    return text if not text or text.endswith("/") else f"{text}/"
