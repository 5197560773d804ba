"""Icons through Pillow: of the pictures in a file the largest, of those the one with the most colours."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL import Image
    from PIL.IcoImagePlugin import IcoImageFile

_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE = struct.Struct(">8x4x4xII")
_BMP_SIZE = struct.Struct("<4xii")
_OLD_BMP_SIZE = struct.Struct("<4xHH")
_OLD_BMP_HEADER = b"\x0c\x00\x00\x00"


def icon_size(icon: IcoImageFile, file: BinaryIO) -> tuple[int, int]:
    """What the picture's own header says. The directory's word, at most 256 pixels, binds nobody: it may lie."""
    file.seek(icon.ico.entry[_largest(icon)].offset)
    header = file.read(_PNG_SIZE.size)
    if header.startswith(_PNG_MARK):
        width, height = _PNG_SIZE.unpack(header)
        return width, height
    layout = _OLD_BMP_SIZE if header.startswith(_OLD_BMP_HEADER) else _BMP_SIZE
    width, height = layout.unpack_from(header)
    return abs(width), abs(height) // 2  # the mask follows below the colours


def icon_picture(icon: IcoImageFile) -> Image.Image:
    """The picture, which for some kinds means that it is decoded."""
    return icon.ico.frame(_largest(icon))


def _largest(icon: IcoImageFile) -> int:
    entries = icon.ico.entry
    return max(range(len(entries)), key=lambda index: (entries[index].square, entries[index].color_depth))
