"""Kinds of content that are told from documents by their first bytes, so that an error can name them."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from typing import NamedTuple


class ForeignKind(NamedTuple):
    """What the content is, what can be done about it, and the words at its beginning that say so, if it is text."""

    description: str
    hint: str | None = None
    excerpt: str | None = None


_TO_PDF = "convert it to PDF first"
_TO_PNG = "convert it to PNG, TIFF or JPEG first"
_UNPACK = "unpack it first"
_EXPORT = "export it as PDF first"

# (offset, bytes, description, hint); the first that fits names the content.
_MAGIC: tuple[tuple[int, bytes, str, str | None], ...] = (
    (0, b"\x1f\x8b", "gzip data", _UNPACK),
    (0, b"BZh", "bzip2 data", _UNPACK),
    (0, b"\xfd7zXZ\x00", "xz data", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard data", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (doc, xls, ppt)", _EXPORT),
    (0, b"\xc5\xd0\xd3\xc6", "an EPS picture", _TO_PDF),
    (0, b"8BPS", "a Photoshop picture", _TO_PNG),
    (0, b"\xff\x0a", "a JPEG XL picture", _TO_PNG),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL picture", _TO_PNG),
    (0, b"AT&TFORM", "a DjVu document", _TO_PDF),
    (0, b"DDS ", "a DDS texture with a compression that is not read", _TO_PNG),
    (0, b"gimp xcf", "a GIMP picture", _TO_PNG),
    (0, b"RIFF", "RIFF data (sound or film)", None),
    (0, b"SQLite format 3\x00", "an SQLite database", None),
    (0, b"\x7fELF", "a program", None),
    (0, b"MZ", "a program", None),
)
_ZIP_CONTENTS = (
    (b"word/", "a Word document (docx)", _EXPORT),
    (b"ppt/", "a PowerPoint presentation (pptx)", _EXPORT),
    (b"xl/", "an Excel workbook (xlsx)", _EXPORT),
    (b"[Content_Types].xml", "an Office document (docx, pptx or xlsx)", _EXPORT),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file (odt, ods or odp)", _EXPORT),
    (b"mimetypeapplication/epub+zip", "an EPUB book", _TO_PDF),
)
_TEXT: tuple[tuple[re.Pattern[str], str, str | None], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), description, hint)
    for pattern, description, hint in (
        (r"version https://git-lfs\.github\.com/spec/", "a Git LFS pointer", "run git lfs pull"),
        (r"<!DOCTYPE html|<html\b", "an HTML page, perhaps a login or error page", None),
        (r"%!PS-Adobe-\S+ EPSF", "an EPS picture", _TO_PDF),
        (r"%!PS", "a PostScript program", _TO_PDF),
        (r"\{\\rtf", "a rich-text document (rtf)", _EXPORT),
        (r"<svg\b|<\?xml(?=[^\0]*<svg\b)", "an SVG picture", _TO_PNG),
        (r"<\?xml(?=[^\0]*<html\b)", "an XHTML page, perhaps a login or error page", None),
        (r"<\?xml", "an XML document", None),
        (r"[{\[](?=\s*[\"{\[\]}\d])", "JSON", None),
        (r"[A-Za-z0-9+/]{60,}={0,2}\s", "Base64 text", "decode it first"),
    )
)


def foreign_kind(head: bytes) -> ForeignKind | None:
    """The kind of a binary container or picture that is not read here; None where the beginning fits none of them."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(head)
    if head[4:8] == b"ftyp":
        return ForeignKind("a film or sound of the MP4 family")
    for offset, magic, description, hint in _MAGIC:
        if head.startswith(magic, offset):
            return ForeignKind(description, hint)
    return None


def text_kind(head: bytes) -> ForeignKind | None:
    """The kind of a text by its first words; None where the bytes are no text."""
    text = _text(head)
    if text is None:
        return None
    text = text.lstrip()
    for pattern, description, hint in _TEXT:
        if match := pattern.match(text):
            return ForeignKind(description, hint, match.group())
    return ForeignKind("plain text", None, text[:24].partition("\n")[0].rstrip())


def _zip_kind(head: bytes) -> ForeignKind:
    for name, description, hint in _ZIP_CONTENTS:
        if name in head:
            return ForeignKind(description, hint)
    return ForeignKind("a zip archive or an Office document (docx, pptx, xlsx)", "unpack it or export it as PDF first")


def _text(head: bytes) -> str | None:
    """The bytes as text, where they hold no control characters but white space; the last character may be cut off."""
    for codec in ("utf-16",) if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8", "cp1252"):
        try:
            text = getincrementaldecoder(codec)().decode(head)
        except UnicodeDecodeError:
            continue
        if not any(character < " " and character not in "\t\n\r\f" for character in text):
            return text.lstrip("\ufeff")
    return None
