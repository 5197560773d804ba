"""Bytes that arrive in pieces → a source whose file is a temporary copy of them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import chain
from pathlib import Path

from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.candidate import Candidate
from ocr2_loaders.sources.failure import too_large, unreadable
from ocr2_loaders.sources.sniff import HEAD_BYTES, sniffed
from ocr2_loaders.sources.source import Source
from ocr2_loaders.sources.temporary_copy import TemporaryCopy

CHUNK_BYTES = 1 << 20
"""How much is read at a time, at most."""

Chunks = Generator[bytes, None, None]


def spooled(chunks: Chunks, candidate: Candidate, settings: SourceSettings) -> Source:
    """Copies the chunks and gives the copy as the candidate's source; closes the generator in any case.

    The kind is told from the first bytes, so that nothing more is fetched of what is no document, and the limit is
    checked while copying. Raises `EmptyDocument`, `UnsupportedFormat`, `SourceTooLarge`, and what the generator raises.
    """
    with closing(chunks):
        head = _head(chunks)
        kind = sniffed(head[:HEAD_BYTES], candidate.name, head)  # the end is in it where the content is short
        with _writing(candidate.name):
            copy = TemporaryCopy(f"source.{kind.file_type.name.lower()}")
        try:
            num_bytes, digest = _copied(chain([head], chunks), copy.path, candidate, settings.max_bytes)
        except BaseException:
            copy.remove()  # now, and not when the error and its traceback are forgotten
            raise
        return Source(copy.path, candidate.name, candidate.uri, kind.file_type, num_bytes, digest, kind.warnings, copy)


def _head(chunks: Chunks) -> bytes:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    return head


def _copied(chunks: Iterator[bytes], path: Path, candidate: Candidate, max_bytes: int) -> tuple[int, str]:
    num_bytes, digest = 0, sha256()
    with _writing(candidate.name), path.open("xb") as copy:
        for chunk in chunks:
            num_bytes += len(chunk)
            if num_bytes > max_bytes:
                raise too_large(candidate.name, max_bytes)
            digest.update(chunk)
            copy.write(chunk)
    return num_bytes, digest.hexdigest()


@contextmanager
def _writing(name: str) -> Iterator[None]:
    """Reading maps its own errors, so that an OSError in here is about the copy."""
    try:
        yield
    except OSError as error:
        message = f"no temporary copy of {name} could be written ({error.strerror or error})"
        raise unreadable(message, retryable=False, hint="make room or set TMPDIR") from error
