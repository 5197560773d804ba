"""First bytes → kind of file. Names count for nothing but the wording of errors."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple

from ocr2_loaders.errors import EmptyDocument, UnsupportedFormat
from ocr2_loaders.printable import printable
from ocr2_loaders.sources.foreign_kinds import ForeignKind, foreign_kind, text_kind
from ocr2_loaders.sources.source import FileType

HEAD_BYTES = 4096
"""How much of the beginning is looked at."""

_PDF_HEADER = b"%PDF-"
_LAST_HEADER_OFFSET = 1024  # PDFium looks no further for the header
_BMP_INFO_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_IMAGE_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"II*\x00", FileType.TIFF),
    (b"MM\x00*", FileType.TIFF),
    (b"II+\x00", FileType.TIFF),  # BigTIFF
    (b"MM\x00+", FileType.TIFF),
    (b"GIF87a", FileType.GIF),
    (b"GIF89a", FileType.GIF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", FileType.JPEG2000),
    (b"\xff\x4f\xff\x51\xff\x52", FileType.JPEG2000),
)
_SUFFIXES = {
    FileType.PDF: (".pdf",),
    FileType.PNG: (".png", ".apng"),
    FileType.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    FileType.TIFF: (".tif", ".tiff"),
    FileType.WEBP: (".webp",),
    FileType.GIF: (".gif",),
    FileType.BMP: (".bmp", ".dib"),
    FileType.JPEG2000: (".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".jpf"),
}
_TYPE_OF_SUFFIX = {suffix: file_type for file_type, suffixes in _SUFFIXES.items() for suffix in suffixes}


class Sniffed(NamedTuple):
    """A kind of file that is read here, and what is odd about its beginning."""

    file_type: FileType
    warnings: tuple[str, ...] = ()


def sniffed(head: bytes, name: str) -> Sniffed:
    """The kind of the content that begins with `head`, its first `HEAD_BYTES` or all of it.

    Raises `EmptyDocument` where there is nothing and `UnsupportedFormat` where it is something else, with what it is.
    """
    if not head:
        raise EmptyDocument(f"{name} is empty (0 bytes)")
    if file_type := _file_type_at_start(head):
        return Sniffed(file_type)
    found = foreign_kind(head)
    text = text_kind(head)
    offset = head.find(_PDF_HEADER, 0, _LAST_HEADER_OFFSET + len(_PDF_HEADER))
    if offset > 0 and found is None and not _is_web_page(text):
        return Sniffed(FileType.PDF, (f"{offset} bytes before the PDF header",))
    raise _unsupported(head, name, found or text)


def claimed_type(name: str) -> FileType | None:
    """The kind that the file's name promises."""
    return _TYPE_OF_SUFFIX.get(PurePath(name).suffix.lower())


def _file_type_at_start(head: bytes) -> FileType | None:
    if head.startswith(_PDF_HEADER):
        return FileType.PDF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileType.WEBP
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_INFO_SIZES:
        return FileType.BMP
    return next((file_type for magic, file_type in _IMAGE_MAGIC if head.startswith(magic)), None)


def _is_web_page(text: ForeignKind | None) -> bool:
    return text is not None and "HTML" in text.description


def _unsupported(head: bytes, name: str, found: ForeignKind | None) -> UnsupportedFormat:
    promised = claimed_type(name)
    what = f"{name} is not a {promised.name}" if promised else f"{name} is no PDF and no picture that can be read"
    if found is None:
        return UnsupportedFormat(f"{what}: it starts with {_bytes_shown(head)}")
    if found.description == "a Git LFS pointer":
        return UnsupportedFormat(f"{name} is a Git LFS pointer, not the file itself", hint=found.hint)
    shown = repr(printable(found.excerpt)) if found.excerpt else _bytes_shown(head)
    return UnsupportedFormat(f"{what}: it starts with {shown} ({found.description})", hint=found.hint)


def _bytes_shown(head: bytes) -> str:
    if not any(head):
        return f"{len(head)} zero bytes"
    return "the bytes " + head[:8].hex(" ")
