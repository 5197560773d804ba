"""The shared memory that pages are drawn in, as the render process sees it."""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Bytes = ctypes.Array[ctypes.c_ubyte]

BYTES_PER_PIXEL = 3
POINTS_PER_INCH = 72
MIN_SIDE_PX = 8
"""Nothing can be read on a page with a shorter side; one a million points long shrinks to that under the cap."""

Canvas = Callable[[int], "Bytes"]
"""Gives a buffer of at least so many bytes."""

_libc = ctypes.CDLL(None)
_memcmp = _libc.memcmp
_memcmp.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


class Canvases:
    """The slots that the parent has handed over, by number."""

    def __init__(self) -> None:
        self._descriptors: dict[int, int] = {}
        self._buffers: dict[int, Bytes] = {}

    def add(self, number: int, descriptor: int) -> None:
        self._descriptors[number] = descriptor

    def canvas(self, number: int) -> Canvas:
        return lambda num_bytes: self._buffer(number, num_bytes)

    def _buffer(self, number: int, num_bytes: int) -> Bytes:
        buffer = self._buffers.get(number)
        if buffer is None or len(buffer) < num_bytes:
            descriptor = self._descriptors[number]
            os.ftruncate(descriptor, max(num_bytes, os.fstat(descriptor).st_size))
            buffer = (ctypes.c_ubyte * num_bytes).from_buffer(mmap.mmap(descriptor, num_bytes))
            self._buffers[number] = buffer
        return buffer


def is_one_color(buffer: Bytes, num_pixels: int) -> bool:
    """Whether all pixels are the same: the bytes equal themselves, shifted by one pixel. Stops where they differ."""
    start = ctypes.addressof(buffer)
    return not _memcmp(start, start + BYTES_PER_PIXEL, (num_pixels - 1) * BYTES_PER_PIXEL)


def is_one_color_within(buffer: Bytes, width_px: int, area: tuple[int, int, int, int]) -> bool:
    """The same for the area (left, top, right, bottom) of an image of that width."""
    left, top, right, bottom = area
    if right <= left or bottom <= top:
        return True
    start, num_bytes = ctypes.addressof(buffer), (right - left) * BYTES_PER_PIXEL
    rows = [ctypes.string_at(start + (y * width_px + left) * BYTES_PER_PIXEL, num_bytes) for y in range(top, bottom)]
    return rows.count(rows[0]) == len(rows) and rows[0] == rows[0][:BYTES_PER_PIXEL] * (right - left)
