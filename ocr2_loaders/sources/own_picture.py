"""Pictures that the command line wrote itself, told by a mark in them, so that no run takes them for documents."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ocr2_loaders.errors import SourceError
from ocr2_loaders.sources.local import regular_file

if TYPE_CHECKING:
    from PIL.Image import Image

_KEY, _VALUE = "Software", "ocr2-loaders"
_MARK = f"tEXt{_KEY}\0{_VALUE}".encode("latin-1")
_HEAD_BYTES = 256
"""The mark stands before the pixels."""


def own_png(picture: Image) -> bytes:
    """The picture as a PNG with the mark."""
    from PIL.PngImagePlugin import PngInfo

    mark, png = PngInfo(), BytesIO()
    mark.add_text(_KEY, _VALUE)
    picture.save(png, "PNG", pnginfo=mark)
    return png.getvalue()


def is_own_picture(path: Path) -> bool:
    if path.suffix != ".png":
        return False
    try:
        with regular_file(path, path.name) as file:
            return _MARK in file.read(_HEAD_BYTES)
    except (SourceError, OSError):
        return False
