"""DDS textures through Pillow, which in older versions fills up with black what is missing of plain ones."""

from __future__ import annotations

import os
from typing import BinaryIO

from PIL import Image

_HEADER_BYTES = 128
_FORMAT_OFFSET = 80
_PLAIN_COLORS = 0x40


def opened_texture(file: BinaryIO) -> Image.Image:
    """The image, its header read and nothing decoded. Raises OSError where pixels are missing, and what Pillow does."""
    image = Image.open(file, formats=["DDS"])
    header = os.pread(file.fileno(), 12, _FORMAT_OFFSET)  # Pillow goes on where it has left the file
    flags, _, bits_per_pixel = (int.from_bytes(header[at : at + 4], "little") for at in (0, 4, 8))
    num_bytes = _HEADER_BYTES + image.width * image.height * bits_per_pixel // 8
    if flags & _PLAIN_COLORS and os.fstat(file.fileno()).st_size < num_bytes:
        raise OSError("pixels are missing at its end")
    return image
