"""Memory that a render process draws in and the parent reads from, without a copy in between."""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
import weakref
from collections import deque
from itertools import count

import numpy as np
from numpy.typing import NDArray

MAX_SLOTS = 8
"""Slots of one render process. A caller who keeps more images gets copies in ordinary memory, so that neither open
files nor the address space of the render process grow with the number of images kept."""

_numbers = count()


class Slot:
    """A piece of anonymous shared memory, as large as the largest page that was drawn in it.

    It has no name in any file system, so nothing is left behind however a process ends.
    """

    def __init__(self) -> None:
        self.number = next(_numbers)
        self.descriptor = _anonymous_memory()
        self.is_known = False
        """Whether the render process has been given the descriptor."""
        self._memory: mmap.mmap | None = None
        weakref.finalize(self, os.close, self.descriptor)

    def pixels(self, height: int, width: int) -> NDArray[np.uint8]:
        """The first bytes as an image of shape (height, width, 3). Raises: ValueError when there are not as many."""
        num_bytes = height * width * 3
        if self._memory is None or len(self._memory) < num_bytes:
            self._memory = mmap.mmap(self.descriptor, num_bytes)
        return np.ndarray((height, width, 3), np.uint8, buffer=self._memory)


class SlotPool:
    """The slots of one render process: those that are free, and those whose images are still in use."""

    def __init__(self, max_slots: int = MAX_SLOTS) -> None:
        self._free: deque[Slot] = deque()  # its append is atomic: finalizers run at any point of any thread, so no lock
        self._num_slots = 0
        self._max_slots = max_slots

    def take(self) -> Slot:
        """A free slot. There always is one, see `lend`."""
        try:
            return self._free.pop()
        except IndexError:
            self._num_slots += 1
            return Slot()

    def give_back(self, slot: Slot) -> None:
        self._free.append(slot)

    def lend(self, slot: Slot, height: int, width: int) -> NDArray[np.uint8]:
        """The image in the slot, which is free again once nothing refers to the array; a copy if this is the last slot.

        Raises: ValueError when the slot holds fewer bytes.
        """
        pixels = slot.pixels(height, width)
        if not self._free and self._num_slots >= self._max_slots:
            self.give_back(slot)
            return pixels.copy()
        # Every view of the array refers to it: numpy stops looking for the owner of memory at the mmap below.
        weakref.finalize(pixels, self._free.append, slot).atexit = False
        return pixels


def _anonymous_memory() -> int:
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("page", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        # A render process that a hostile file has taken over could cut the memory off under the parent's feet.
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
        return descriptor
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
