"""The language between the parent and a render process: JSON objects with a length in front, descriptors beside them.

JSON rather than pickle: what a render process says is data, even after a hostile file has taken it over. Both sides
import this, so it needs the standard library only.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

Message = dict[str, Any]

_LENGTH = struct.Struct("!I")
_MAX_BYTES = 256 << 20


class Disconnected(Exception):
    """The other side has gone, or says what is no message."""


class Channel:
    """One end of a socket pair."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, message: Message, descriptor: int | None = None) -> None:
        """Send a message; `descriptor`, if any, arrives as a duplicate. Raises: Disconnected."""
        body = json.dumps(message).encode()
        try:
            self._connection.settimeout(None)
            if descriptor is None:
                self._connection.sendall(_LENGTH.pack(len(body)) + body)
            else:
                socket.send_fds(self._connection, [_LENGTH.pack(len(body))], [descriptor])
                self._connection.sendall(body)
        except OSError as error:
            raise Disconnected from error

    def receive(self, deadline: float | None = None) -> tuple[Message, int | None]:
        """The next message and the descriptor beside it; `deadline` is a time of the monotonic clock.

        Raises: TimeoutError, Disconnected.
        """
        try:
            self._wait_until(deadline)
            header, descriptors, _, _ = socket.recv_fds(self._connection, _LENGTH.size, 1)
            header += self._exactly(_LENGTH.size - len(header), deadline) if header else b""
            message = self._body(header, deadline)
        except TimeoutError:
            raise
        except (OSError, struct.error, ValueError, RecursionError) as error:
            raise Disconnected from error
        return message, (descriptors[0] if descriptors else None)

    def close(self) -> None:
        self._connection.close()

    def _body(self, header: bytes, deadline: float | None) -> Message:
        (length,) = _LENGTH.unpack(header)
        if length > _MAX_BYTES:
            raise ValueError(f"a message of {length} bytes")
        message = json.loads(self._exactly(length, deadline))
        if not isinstance(message, dict):
            raise ValueError("not a JSON object")  # noqa: TRY004 - the content is wrong, not an argument
        return message

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        received = bytearray()
        while len(received) < count:
            self._wait_until(deadline)
            piece = self._connection.recv(min(count - len(received), 1 << 20))
            if not piece:
                raise ConnectionResetError
            received += piece
        return bytes(received)

    def _wait_until(self, deadline: float | None) -> None:
        if deadline is None:
            self._connection.settimeout(None)
            return
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._connection.settimeout(remaining)
