"""Icons: of the pictures in a file the largest, of those the one with the most colours."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING, cast

from PIL import Image, ImageFile
from PIL.IcoImagePlugin import IcoFile

if TYPE_CHECKING:
    from PIL._imaging import PixelAccess

_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_PNG_SIZE = struct.Struct(">8x4x4xII")
_BMP_SIZE = struct.Struct("<4xii")
_OLD_BMP_SIZE = struct.Struct("<4xHH")
_OLD_BMP_HEADER = b"\x0c\x00\x00\x00"


class IconImage(ImageFile.ImageFile):
    """An icon whose size is known before it is decoded. Pillow's own class decodes when it opens a file.

    The size is what the picture's header says: the file's directory, at most 256 pixels, may lie.
    """

    format = "ICO"
    format_description = "Windows icon"

    def _open(self) -> None:
        file = cast("IO[bytes]", self.fp)
        self._pictures = IcoFile(file)
        entries = self._pictures.entry
        self._index = max(range(len(entries)), key=lambda index: (entries[index].square, entries[index].color_depth))
        file.seek(entries[self._index].offset)
        self._size = _size_in(file.read(_PNG_SIZE.size))
        self._mode = "RGBA"
        self._is_decoded = False

    def load(self) -> PixelAccess | None:
        if not self._is_decoded:
            picture = self._pictures.frame(self._index)
            picture.load()
            self.im, self._mode, self._size, self.palette = picture.im, picture.mode, picture.size, picture.palette
            self.info.update(picture.info)
            self._is_decoded = True
        return Image.Image.load(self)


def _size_in(header: bytes) -> tuple[int, int]:
    if header.startswith(_PNG_MARK):
        width, height = _PNG_SIZE.unpack(header)
        return width, height
    layout = _OLD_BMP_SIZE if header.startswith(_OLD_BMP_HEADER) else _BMP_SIZE
    width, height = layout.unpack_from(header)
    return abs(width), abs(height) // 2  # the mask follows below the colours
