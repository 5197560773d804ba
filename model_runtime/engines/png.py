"""Pages as PNG, lossless, in a tenth of the time that a general encoder takes."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB = 0, 2
_NO_FILTER, _UP = 0, 2
_SAMPLE_ROWS = 48
_LEVEL = 1


def encoded_png(pixels: NDArray[np.uint8]) -> bytes:
    """The PNG file of an RGB picture of shape (height, width, 3); all-grey pictures come as one channel.

    Rows are filtered all alike: not at all, as suits lettering, or by the row above, as suits photographs, whichever
    makes a sample of the rows smaller.
    """
    height, width, _ = pixels.shape
    rows, colour = _rows(pixels)
    lines = _filtered(rows, _better_filter(rows))
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    body = isal_zlib.compress(lines.data, _LEVEL)
    return b"".join((_SIGNATURE, *_chunk(b"IHDR", header), *_chunk(b"IDAT", body), *_chunk(b"IEND", b"")))


def _rows(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """Shape (height, bytes of a row) and the PNG colour type."""
    height, width, _ = pixels.shape
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return np.ascontiguousarray(red), _GREY
    return np.ascontiguousarray(pixels).reshape(height, width * 3), _RGB


def _better_filter(rows: NDArray[np.uint8]) -> int:
    """Judged by a band in the middle of the page, where there is most likely something to be seen."""
    first = max(0, (len(rows) - _SAMPLE_ROWS) // 2)
    band = rows[first : first + _SAMPLE_ROWS]
    sizes = {kind: len(isal_zlib.compress(_filtered(band, kind).data, _LEVEL)) for kind in (_NO_FILTER, _UP)}
    return min(sizes, key=sizes.__getitem__)


def _filtered(rows: NDArray[np.uint8], kind: int) -> NDArray[np.uint8]:
    """Each row behind the byte that names its filter; `Up` stores the difference to the row above."""
    lines = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    lines[:, 0] = kind
    lines[:, 1:] = rows
    if kind == _UP:
        lines[1:, 1:] -= rows[:-1]
    return lines


def _chunk(name: bytes, body: bytes) -> tuple[bytes, ...]:
    return struct.pack(">I", len(body)), name, body, struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))
