"""TGA pictures have no mark at their beginning: the header must add up, and the name or the end must bear it out."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocr2_loaders.errors import UnsupportedFormat
from ocr2_loaders.sources import FileType, opened_sources
from ocr2_loaders.sources.sniff import HEAD_BYTES, sniffed
from ocr2_loaders.sources.targa import may_be_targa

HEADER_BYTES = 18


def targa(mode: str = "RGB", **options: object) -> bytes:
    """As Pillow writes it, with the mark at its end."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((70, 50)).convert(mode).save(file, "TGA", **options)
    return file.getvalue()


def without_mark(content: bytes) -> bytes:
    return content[:-26]


@pytest.mark.parametrize("compression", [None, "tga_rle"])
@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA"])
@given(tail=st.binary(max_size=100))
def test_every_kind_is_told_by_its_name_whatever_follows_the_header(mode: str, compression: str, tail: bytes) -> None:
    head = targa(mode, compression=compression)[:HEADER_BYTES]
    assert sniffed(head + tail, "a.TGA").file_type is FileType.TGA


def test_the_mark_at_the_end_does_without_the_name() -> None:
    assert sniffed(targa()[:HEAD_BYTES], "x", targa()[-26:]).file_type is FileType.TGA


def test_neither_name_nor_mark_is_too_little() -> None:
    with pytest.raises(UnsupportedFormat):
        sniffed(without_mark(targa())[:HEAD_BYTES], "x")


def test_a_file_without_a_name_is_told_by_its_end(tmp_path) -> None:
    path = tmp_path / "scan"
    path.write_bytes(targa())
    assert len(targa()) > HEAD_BYTES
    (source,) = opened_sources(path)
    assert source.file_type is FileType.TGA


def test_bytes_are_told_by_their_end() -> None:
    (source,) = opened_sources(targa())
    assert source.file_type is FileType.TGA


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x00\x02\x00\x01\x00\x20\x20" + bytes(14),  # a cursor
        b"\x00\x00\x01\xba" + bytes(20),  # MPEG
        b"\x00\x01\x00\x00\x00\x0f\x00\x80\x00\x03" + bytes(20),  # TrueType
        bytes(64),
        targa()[: HEADER_BYTES - 1],
    ],
)
def test_other_content_of_that_name_is_none(head: bytes) -> None:
    assert not may_be_targa(head)
    with pytest.raises(UnsupportedFormat, match=r"a\.tga is not a TGA"):
        sniffed(head, "a.tga")


@given(st.binary(max_size=40))
def test_any_bytes_may_be_asked_about(head: bytes) -> None:
    assert may_be_targa(head) in {True, False}
