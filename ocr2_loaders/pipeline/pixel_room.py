"""How many pixels may be under way: those of pages that were drawn and that no engine has taken yet."""

from __future__ import annotations

import asyncio
import weakref
from typing import Any

from numpy.typing import NDArray


class PixelRoom:
    """Counts the bytes of arrays for as long as anything refers to them. Belongs to one event loop."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self.num_bytes = 0

    def hold(self, pixels: NDArray[Any]) -> None:
        """Until nothing refers to the array any more."""
        self._change(pixels.nbytes)
        weakref.finalize(pixels, self._let_go, pixels.nbytes).atexit = False

    async def free(self) -> None:
        """Waits until there is room for another page."""
        while self.num_bytes >= self._max_bytes:
            self._changed.clear()
            await self._changed.wait()

    def _let_go(self, num_bytes: int) -> None:
        """In whatever thread the last reference goes, at any moment."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._change, -num_bytes)

    def _change(self, num_bytes: int) -> None:
        self.num_bytes += num_bytes
        self._changed.set()
