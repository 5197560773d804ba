"""First bytes → kind of picture, for the kinds that begin with a mark."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from ocr2_loaders.sources.source import FileType

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"II*\x00", FileType.TIFF),
    (b"MM\x00*", FileType.TIFF),
    (b"II+\x00", FileType.TIFF),  # BigTIFF
    (b"MM\x00+", FileType.TIFF),
    (b"GIF87a", FileType.GIF),
    (b"GIF89a", FileType.GIF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", FileType.JPEG2000),
    (b"\xff\x4f\xff\x51\x00", FileType.JPEG2000),  # a code stream: two markers, then the length of the second's segment
)
_BMP_INFO_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})

_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_CONTAINER_BRANDS = frozenset({b"mif1", b"msf1"})  # say nothing of the codec

# What the decoders of Pillow and a text have in common is little: a kind, white space, numbers.
_BLANK = rb"(?:[ \t\n\v\f\r]|#[^\r\n]*[\r\n])+"
_NUMBER = rb"0*[1-9]\d{0,8}"
_PNM = re.compile(
    rb"P(?:[14](?=\s)%(blank)s%(number)s%(blank)s%(number)s\s|[2356](?=\s)(?:%(blank)s%(number)s){3}\s)"
    % {b"blank": _BLANK, b"number": _NUMBER}
)
_PLAIN_PIXELS = re.compile(rb"[\s\d]*(?:#|\Z)")

_DDS_HEADER_SIZE = 124
_DDS_PLAIN = 0x20 | 0x40 | 0x20000  # palette, colours, grey
_DDS_CODED = 0x4
_DDS_CODES = frozenset({b"DXT1", b"DXT3", b"DXT5"})
_DXGI_FORMATS = frozenset({27, 28, 29, 70, 71, 73, 74, 76, 77})  # RGBA, BC1, BC2, BC3

_ICON_ENTRY = struct.Struct("<6xBBBBHHII")


def picture_kind(head: bytes) -> FileType | None:
    """The kind of the picture that begins with these bytes; None where it is none that is read here."""
    for magic, file_type in _MAGIC:
        if head.startswith(magic):
            return file_type
    return next((file_type for file_type, fits in _TESTS if fits(head)), None)


def _is_webp(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def _is_bmp(head: bytes) -> bool:
    return head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_INFO_SIZES


def _is_avif(head: bytes) -> bool:
    major, compatible = _brands(head)
    return major in _AVIF_BRANDS or (major in _CONTAINER_BRANDS and not compatible.isdisjoint(_AVIF_BRANDS))


def _is_heif(head: bytes) -> bool:
    major, compatible = _brands(head)
    return major in _HEIC_BRANDS or (major in _CONTAINER_BRANDS and compatible.isdisjoint(_AVIF_BRANDS))


def _brands(head: bytes) -> tuple[bytes, frozenset[bytes]]:
    """The major brand of a file of the MP4 family, and those that it says to be compatible with."""
    if head[4:8] != b"ftyp":
        return b"", frozenset()
    compatible = head[16 : int.from_bytes(head[:4], "big")]
    return head[8:12], frozenset(compatible[at : at + 4] for at in range(0, len(compatible), 4))


def _is_pnm(head: bytes) -> bool:
    """Text can look like this only where nothing but numbers follows its first line, or where the pixels are bytes."""
    header = _PNM.match(head)
    return header is not None and (head[1] in b"456" or _PLAIN_PIXELS.match(head, header.end()) is not None)


def _is_icon(head: bytes) -> bool:
    if not head.startswith(b"\x00\x00\x01\x00") or len(head) < _ICON_ENTRY.size:
        return False
    num_entries = int.from_bytes(head[4:6], "little")
    *_, num_bytes, offset = _ICON_ENTRY.unpack_from(head)
    return num_entries > 0 and num_bytes > 0 and offset >= 6 + 16 * num_entries


def _is_dds(head: bytes) -> bool:
    """Compressions other than BC1 to BC3 hold single channels, normals or high dynamic range: textures, not pages."""
    if not head.startswith(b"DDS ") or len(head) < 132 or int.from_bytes(head[4:8], "little") != _DDS_HEADER_SIZE:
        return False
    flags, code = int.from_bytes(head[80:84], "little"), head[84:88]
    if flags & _DDS_PLAIN:
        return True
    is_known = code in _DDS_CODES or (code == b"DX10" and int.from_bytes(head[128:132], "little") in _DXGI_FORMATS)
    return bool(flags & _DDS_CODED) and is_known


_TESTS: tuple[tuple[FileType, Callable[[bytes], bool]], ...] = (
    (FileType.WEBP, _is_webp),
    (FileType.BMP, _is_bmp),
    (FileType.AVIF, _is_avif),
    (FileType.HEIF, _is_heif),
    (FileType.PPM, _is_pnm),
    (FileType.ICO, _is_icon),
    (FileType.DDS, _is_dds),
)
