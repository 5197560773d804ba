"""First bytes → kind of file. Names count for the wording of errors, and where a kind has no mark of its own: TGA."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple

from ocr2_loaders.errors import EmptyDocument, UnsupportedFormat
from ocr2_loaders.printable import printable
from ocr2_loaders.sources.decoder import check_decoder, has_decoder
from ocr2_loaders.sources.foreign_kinds import ForeignKind, foreign_kind, text_kind
from ocr2_loaders.sources.picture_kind import picture_kind
from ocr2_loaders.sources.source import FileType
from ocr2_loaders.sources.targa import ends_as_targa, may_be_targa

HEAD_BYTES = 4096
"""How much of the beginning is looked at."""

# PDFium takes the first of these within so many bytes, whatever follows it.
_PDF_MARK = b"%PDF"
_LAST_PDF_MARK_OFFSET = 1024
_PROSE = re.compile(rb"[ \t]*[A-Za-z]")
_SUFFIXES = {
    FileType.PDF: (".pdf",),
    FileType.PNG: (".png", ".apng"),
    FileType.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    FileType.TIFF: (".tif", ".tiff"),
    FileType.WEBP: (".webp",),
    FileType.GIF: (".gif",),
    FileType.BMP: (".bmp", ".dib"),
    FileType.JPEG2000: (".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".jpf"),
    FileType.HEIF: (".heic", ".heics", ".heif", ".heifs", ".hif"),
    FileType.AVIF: (".avif", ".avifs"),
    FileType.TGA: (".tga", ".icb", ".vda", ".vst"),
    FileType.PPM: (".ppm", ".pgm", ".pbm", ".pnm"),
    FileType.ICO: (".ico",),
    FileType.DDS: (".dds",),
}
_TYPE_OF_SUFFIX = {suffix: file_type for file_type, suffixes in _SUFFIXES.items() for suffix in suffixes}


class Sniffed(NamedTuple):
    """A kind of file that is read here, and what is odd about its beginning."""

    file_type: FileType
    warnings: tuple[str, ...] = ()


def sniffed(head: bytes, name: str, tail: bytes = b"") -> Sniffed:
    """The kind of the content that begins with `head`, its first `HEAD_BYTES` or all of it, and ends with `tail`.

    `tail` counts for TGA pictures alone, as does the name for these: one of the two must bear out their header.

    Raises `EmptyDocument` where there is nothing, `DecoderUnavailable` where a package that would read it is missing,
    and `UnsupportedFormat` where it is something else, with what it is.
    """
    if not head:
        raise EmptyDocument(f"{name} is empty (0 bytes)")
    kind = _kind(head, name, tail)
    check_decoder(kind.file_type, name)
    return kind


def claims_to_be_readable(name: str) -> bool:
    """Whether the file's name promises a kind that is read here and now."""
    file_type = claimed_type(name)
    return file_type is not None and has_decoder(file_type)


def _kind(head: bytes, name: str, tail: bytes) -> Sniffed:
    if picture := picture_kind(head):
        return Sniffed(picture)
    if may_be_targa(head) and (claimed_type(name) is FileType.TGA or ends_as_targa(tail)):
        return Sniffed(FileType.TGA)
    found, text = foreign_kind(head), text_kind(head)
    offset = _pdf_offset(head, is_text=text is not None)
    if offset == 0:
        return Sniffed(FileType.PDF)
    if offset is not None and found is None and not _is_web_page(text):
        return Sniffed(FileType.PDF, (f"{offset} bytes before the PDF header",))
    raise _unsupported(head, name, found or text)


def claimed_type(name: str) -> FileType | None:
    """The kind that the file's name promises."""
    return _TYPE_OF_SUFFIX.get(PurePath(name).suffix.lower())


def _pdf_offset(head: bytes, *, is_text: bool) -> int | None:
    """Where the PDF begins. Texts that speak of PDF are told from it by what stands around the word."""
    offset = head.find(_PDF_MARK, 0, _LAST_PDF_MARK_OFFSET + len(_PDF_MARK))
    if offset < 0:
        return None
    after = head[offset + len(_PDF_MARK) :]
    begins_line = offset == 0 or head[offset - 1] in b"\r\n"
    is_marked = after.startswith(b"-") or not is_text or (begins_line and not _PROSE.match(after))
    return offset if is_marked else None


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
