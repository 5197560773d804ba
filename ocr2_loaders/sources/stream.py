"""Content in memory, open files and standard input: copied to a temporary file while they are read."""

from __future__ import annotations

import os
import sys
from pathlib import PurePath

from ocr2_loaders.printable import printable
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.candidate import Candidate
from ocr2_loaders.sources.failure import ReaderErrors, too_large, unreadable
from ocr2_loaders.sources.inputs import BinaryReader
from ocr2_loaders.sources.source import Source
from ocr2_loaders.sources.spool import CHUNK_BYTES, Chunks, spooled


def bytes_candidate(content: bytes | bytearray | memoryview) -> Candidate:
    return Candidate("<bytes>", "<bytes>", lambda candidate, settings: _opened_bytes(content, candidate, settings))


def reader_candidate(reader: BinaryReader) -> Candidate:
    """An open binary file or stream; opening raises TypeError where it gives text."""
    name = _name_of(reader)
    return Candidate(name, "<stream>", lambda candidate, settings: spooled(_reads(reader, name), candidate, settings))


def stdin_candidate() -> Candidate:
    return Candidate("<stdin>", "-", _opened_stdin)


def _opened_bytes(content: bytes | bytearray | memoryview, candidate: Candidate, settings: SourceSettings) -> Source:
    if memoryview(content).nbytes > settings.max_bytes:
        raise too_large(candidate.name, settings.max_bytes)
    return spooled(_slices(content), candidate, settings)


def _opened_stdin(candidate: Candidate, settings: SourceSettings) -> Source:
    reader = getattr(sys.stdin, "buffer", None)
    if reader is None:
        raise unreadable("standard input is not open for bytes", retryable=False)
    return spooled(_reads(reader, candidate.name), candidate, settings)


def _slices(content: bytes | bytearray | memoryview) -> Chunks:
    view = memoryview(content)
    flat = view.cast("B") if view.c_contiguous else memoryview(view.tobytes())
    for start in range(0, len(flat), CHUNK_BYTES):
        yield bytes(flat[start : start + CHUNK_BYTES])


def _reads(reader: BinaryReader, name: str) -> Chunks:
    while chunk := _next_chunk(reader, name):
        yield chunk


def _next_chunk(reader: BinaryReader, name: str) -> bytes:
    with ReaderErrors(name, retryable=False):
        chunk: object = reader.read(CHUNK_BYTES)
    if chunk is None:
        raise unreadable(f"{name} is a non-blocking stream without data", retryable=True)
    if not isinstance(chunk, (bytes, bytearray, memoryview)):
        raise TypeError(f"{name} gives {type(chunk).__name__}; open it in binary mode")
    return bytes(chunk)


def _name_of(reader: BinaryReader) -> str:
    name = getattr(reader, "name", None)
    if not isinstance(name, (str, bytes, os.PathLike)):
        return "<stream>"  # an open descriptor has its number for a name
    return printable(PurePath(os.fsdecode(name)).name) or "<stream>"
