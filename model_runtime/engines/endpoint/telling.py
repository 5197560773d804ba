"""What is told of a page while it is written: gathered, so that a word costs next to nothing."""

from __future__ import annotations

import asyncio

from model_runtime.contract import Tell

_MOST_PIECES = 32
_LONGEST_WAIT_S = 0.05


class Telling:
    """Hands pieces on, many at a time and each within a twentieth of a second. Lives on one event loop."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._pieces: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._has_told = False

    def begin(self) -> None:
        """Another try of the page: what was told of the last one does not count."""
        self.drop()
        if self._has_told:
            self._has_told = False
            self._tell(None)

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        if len(self._pieces) >= _MOST_PIECES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LONGEST_WAIT_S, self.flush)

    def flush(self) -> None:
        """Tells what there is."""
        text = "".join(self._pieces)
        self.drop()
        if text:
            self._has_told = True
            self._tell(text)

    def drop(self) -> None:
        """What is not told yet never will be."""
        self._pieces.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
