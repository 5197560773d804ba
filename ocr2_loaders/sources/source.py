"""A source at hand: a local file that was checked, with the name its user knows it by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.sources.temporary_copy import TemporaryCopy


class FileType(StrEnum):
    """The kinds of file that become pages, found by content."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    WEBP = "image/webp"
    GIF = "image/gif"
    BMP = "image/bmp"
    JPEG2000 = "image/jp2"
    HEIF = "image/heif"
    AVIF = "image/avif"
    TGA = "image/x-tga"
    PPM = "image/x-portable-anymap"
    ICO = "image/vnd.microsoft.icon"
    DDS = "image/x-dds"

    @property
    def is_pdf(self) -> bool:
        """Whether pages are rendered by PDFium; else the file is a picture, or several."""
        return self is FileType.PDF


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file of a known kind.

    `path` is local: the user's own file, or a temporary copy of what came as bytes or over the network, which lives as
    long as anything refers to this source. `uri` is what the user would open it by again, without passwords and tokens;
    "-", "<bytes>" and "<stream>" stand where there is no such thing.
    """

    path: Path
    name: str
    uri: str
    file_type: FileType
    num_bytes: int
    sha256: str
    warnings: tuple[str, ...] = ()
    copy: TemporaryCopy | None = field(default=None, repr=False, compare=False)

    @property
    def identity(self) -> str:
        """What ids are made of: the content."""
        return self.sha256


@dataclass(frozen=True, slots=True)
class FailedSource:
    """A source that was asked for and cannot be had; the other sources are good."""

    name: str
    uri: str
    error: Ocr2Error

    @property
    def identity(self) -> str:
        """What ids are made of where there is no content: the address."""
        return f"uri:{self.uri}"
