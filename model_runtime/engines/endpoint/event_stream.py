"""Server-sent events: what the lines of a body say, however the network cut it."""

from __future__ import annotations

from collections.abc import Iterator

_LONGEST_LINE = 2**24
"""In bytes; a chunk of 32 tokens with their probabilities has about 4,000."""


class EndlessLine(Exception):
    """A line that is longer than any event's; no more of it is gathered."""


class EventStream:
    """Takes a body piece by piece and gives the data of each event as soon as its blank line is there.

    Names, ids and comments are passed over, and so is an event that the body's end cuts off.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def events(self, piece: bytes) -> Iterator[bytes]:
        """The data of the events that the piece completes; several lines of data are joined by line breaks.

        Raises: EndlessLine.
        """
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            raise EndlessLine(f"a line of more than {_LONGEST_LINE:,} bytes")
        for ended in lines:
            line = ended.removesuffix(b"\r")
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" "))
            elif not line and self._data:
                data, self._data = self._data, []
                yield b"\n".join(data)
