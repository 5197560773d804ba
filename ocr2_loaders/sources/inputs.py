"""What a caller may hand over: one thing, or any number of them."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import Protocol, TypeAlias


class BinaryReader(Protocol):
    """An open binary file or stream, read from its current position to its end and left there; it need not seek."""

    def read(self, num_bytes: int, /) -> bytes | None:
        """At most so many bytes; none, or None, at the end."""
        ...


SourceInput: TypeAlias = str | PathLike[str] | bytes | bytearray | memoryview | BinaryReader
"""A path, a directory, a glob, "-" for standard input, an http(s) or fsspec URL, content, or an open file."""

SourceInputs: TypeAlias = SourceInput | Iterable[SourceInput]
"""One input, or any iterable of inputs; a generator is read one input at a time."""
