"""Whatever the caller hands over → sources, one at a time, in the order in which they were asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

from model_runtime.home_path import home_path
from ocr2_loaders.errors import Ocr2Error, SourceNotFound, UrlRefused
from ocr2_loaders.printable import printable
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.candidate import Candidate
from ocr2_loaders.sources.directory import Entry, has_magic, path_entries
from ocr2_loaders.sources.inputs import SourceInput, SourceInputs
from ocr2_loaders.sources.passed_over import Listener
from ocr2_loaders.sources.public_url import public_url, url_name
from ocr2_loaders.sources.source import FailedSource, Source
from ocr2_loaders.sources.stream import bytes_candidate, reader_candidate, stdin_candidate
from ocr2_loaders.sources.walk import Walk

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(?=://)")
_NEARLY_URL = re.compile(r"(?:https?(?::/*|//)|www\.)[^/]", re.IGNORECASE)
_CHAIN = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*::")


def opened_sources(
    inputs: SourceInputs,
    settings: SourceSettings = SourceSettings(),  # noqa: B008 - frozen
    *,
    fs: AbstractFileSystem | None = None,
    passed_over: Listener | None = None,
) -> Iterator[Source | FailedSource]:
    """Opens what was asked for, one source at a time, when it is asked for.

    An input is a path, a directory (with all below), a glob, "-" for standard input, an http(s), file or fsspec URL,
    content, or an open binary file; `inputs` is one of them or an iterable of them. With `fs`, strings and paths are
    paths of that file system. Each named file ends as one `Source` or one `FailedSource`; directories and globs give
    the documents in them, sorted (`path_entries` says which), or one `FailedSource` where there are none. `passed_over`
    is called with each file that these hold besides.

    Content, streams and remote files are copied to a temporary file that lives as long as its `Source`. Streams are
    limited in size and not in time. Raises TypeError for what is none of these inputs, and nothing for a source that
    cannot be had.
    """
    walk = Walk(settings.left_out, passed_over)
    for each in _each(inputs):
        for entry in _entries(each, fs, walk):
            if isinstance(entry, Candidate):
                yield _opened(entry, settings)
            else:
                yield _failed(entry.name, entry.uri, entry.error)


def _each(inputs: SourceInputs) -> Iterator[SourceInput]:
    if _is_one(inputs):
        yield cast("SourceInput", inputs)
    elif isinstance(inputs, Iterable):
        yield from cast("Iterable[SourceInput]", inputs)
    else:
        raise TypeError(f"a path, a URL, bytes, a binary file or an iterable of these is needed, not {_kind(inputs)}")


def _is_one(value: object) -> bool:
    return isinstance(value, (str, os.PathLike, bytes, bytearray, memoryview)) or hasattr(value, "read")


def _entries(given: SourceInput, fs: AbstractFileSystem | None, walk: Walk) -> Iterable[Entry]:
    if isinstance(given, (bytes, bytearray, memoryview)):
        return [bytes_candidate(given)]
    if isinstance(given, (str, os.PathLike)):
        return _named(given, fs, walk)
    if hasattr(given, "read"):
        return [reader_candidate(given)]
    raise TypeError(f"a path, a URL, bytes or a binary file is needed, not {_kind(given)}")


def _named(given: str | os.PathLike[Any], fs: AbstractFileSystem | None, walk: Walk) -> Iterable[Entry]:
    text = os.fsdecode(given)
    if fs is not None:
        from ocr2_loaders.sources.remote import file_system_entries

        return file_system_entries(fs, text, walk)
    if not isinstance(given, str):
        return _path_entries(text, walk)
    if text == "-":
        return [stdin_candidate()]
    if _URL.match(text) or (_CHAIN.match(text) and not os.path.lexists(text)):
        return _located(text, walk)
    return _path_entries(text, walk)


def _path_entries(text: str, walk: Walk) -> Iterable[Entry]:
    if not text:  # would be the working directory
        return [FailedSource("<empty path>", "", SourceNotFound("an empty path names no file"))]
    if _NEARLY_URL.match(text) and not has_magic(text) and not os.path.lexists(text):
        error = SourceNotFound(f"{printable(text)} cannot be found", hint="if a URL is meant, begin it with https://")
        return [FailedSource(printable(text), printable(text), error)]
    return path_entries(home_path(text), walk)


def _located(url: str, walk: Walk) -> Iterable[Entry]:
    """What a URL names; the module that can read it is loaded only now."""
    scheme = url.partition("://")[0].lower()
    if scheme in {"file", "local"}:
        return _file_url_entries(url, walk)
    if scheme in {"http", "https"}:
        from ocr2_loaders.sources.http import url_candidate

        return [url_candidate(url)]
    from ocr2_loaders.sources.remote import url_entries

    return url_entries(url, walk)


def _file_url_entries(url: str, walk: Walk) -> Iterable[Entry]:
    host, path = _file_url_parts(url)
    if host not in {"", "localhost"}:
        error = UrlRefused(f"{url_name(url)} is on another host", hint="write file:///path for a file of this machine")
        return [FailedSource(url_name(url), public_url(url), error)]
    return _path_entries(os.fsdecode(unquote_to_bytes(path)), walk)


def _file_url_parts(url: str) -> tuple[str, str]:
    rest = re.split(r"[?#]", url.partition("://")[2], maxsplit=1)[0]
    host, slash, path = rest.partition("/")
    return host, slash + path


def _opened(candidate: Candidate, settings: SourceSettings) -> Source | FailedSource:
    try:
        return candidate.opened(candidate, settings)
    except Ocr2Error as error:
        return _failed(candidate.name, candidate.uri, error)


def _failed(name: str, uri: str, error: Ocr2Error) -> FailedSource:
    error.source = error.source or uri
    return FailedSource(name, uri, error)


def _kind(value: object) -> str:
    return type(value).__name__
