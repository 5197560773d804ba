import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features

from ocr2_loaders.errors import EmptyDocument, UnsupportedFormat
from ocr2_loaders.sources.sniff import HEAD_BYTES, claimed_type, sniffed
from ocr2_loaders.sources.source import FileType

PILLOW_NAMES = {
    FileType.PNG: "PNG",
    FileType.JPEG: "JPEG",
    FileType.TIFF: "TIFF",
    FileType.WEBP: "WEBP",
    FileType.GIF: "GIF",
    FileType.BMP: "BMP",
    FileType.JPEG2000: "JPEG2000",
}


def picture(pillow_name: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, pillow_name, **options)
    return file.getvalue()[:HEAD_BYTES]


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return file.getvalue()


def tarred(content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("a.pdf")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()[:HEAD_BYTES]


class TestKindsThatAreRead:
    @pytest.mark.parametrize("file_type", PILLOW_NAMES)
    def test_a_real_picture_is_told_from_its_first_bytes(self, file_type: FileType) -> None:
        if file_type is FileType.JPEG2000 and not features.check("jpg_2000"):
            pytest.skip("this Pillow writes no JPEG 2000")
        assert sniffed(picture(PILLOW_NAMES[file_type]), "x").file_type is file_type

    def test_big_tiff_is_tiff(self) -> None:
        assert sniffed(picture("TIFF", big_tiff=True), "x").file_type is FileType.TIFF

    def test_the_name_counts_for_nothing(self) -> None:
        assert sniffed(picture("PNG"), "a.pdf") == (FileType.PNG, ())

    @given(junk=st.sampled_from([b"\xef\xbb\xbf", b"\n", b"HTTP/1.1 200 OK\r\n", b"junk "]), times=st.integers(1, 50))
    def test_up_to_one_kilobyte_before_the_pdf_header_is_taken_with_a_warning(self, junk: bytes, times: int) -> None:
        before = (junk * times)[:1024]
        assert sniffed(before + b"%PDF-1.4\n", "a.pdf") == (
            FileType.PDF,
            (f"{len(before)} bytes before the PDF header",),
        )

    def test_a_server_warning_before_the_header_is_such_junk(self) -> None:
        assert sniffed(b"<br />\n<b>Warning</b>: line 3\n%PDF-1.4", "a.pdf").file_type is FileType.PDF

    @pytest.mark.parametrize("num_bytes", [1025, 3000])
    def test_a_header_further_behind_is_none(self, num_bytes: int) -> None:
        with pytest.raises(UnsupportedFormat):
            sniffed(b" " * num_bytes + b"%PDF-1.4", "a.pdf")

    @pytest.mark.parametrize("head", [zipped("a.pdf").replace(b"content", b"%PDF-1."), tarred(b"%PDF-1.4")])
    def test_an_archive_that_holds_a_pdf_is_no_pdf(self, head: bytes) -> None:
        with pytest.raises(UnsupportedFormat, match="archive"):
            sniffed(head, "a.pdf")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            b"<!DOCTYPE html>\n<html>",
            "a.pdf is not a PDF: it starts with '<!DOCTYPE html' (an HTML page, perhaps a login or error page)",
        ),
        ("\ufeff\n <HTML lang=de>".encode(), "a.pdf is not a PDF: it starts with '<HTML' (an HTML page, perhaps"),
        ("<!doctype html>".encode("utf-16"), "a.pdf is not a PDF: it starts with '<!doctype html' (an HTML page"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "a.pdf is a Git LFS pointer, not the file itself; run git lfs pull",
        ),
        (b'{"access_token": "s3cr3t"}', "it starts with '{' (JSON)"),
        (b'<?xml version="1.0"?><svg xmlns="x">', "(an SVG picture); convert it to PNG"),
        (b"<?xml version='1.0'?><doc/>", "(an XML document)"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "(an EPS picture); convert it to PDF first"),
        (b"%!PS-Adobe-3.0\n", "(a PostScript program); convert it to PDF first"),
        (b"{\\rtf1\\ansi", "(a rich-text document (rtf))"),
        (
            b"JVBERi0xLjcKJeLjz9MKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cvUGFnZXMgMiAwIFI+Pgpl\n",
            "(Base64 text); decode it first",
        ),
        (b"Dear reader,\nhow are you", "it starts with 'Dear reader,' (plain text)"),
        (gzip.compress(b"x", mtime=0), "(gzip data); unpack it first"),
        (zipped("[Content_Types].xml", "word/document.xml"), "(a Word document (docx)); export it as PDF first"),
        (zipped("notes.txt"), "(a zip archive or an Office document (docx, pptx, xlsx))"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "(an old Office document (doc, xls, ppt))"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "(a HEIC picture); convert it to PNG"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00", "(an AVIF picture)"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00", "(a film or sound of the MP4 family)"),
        (b"\xff\x0a\xfa\x1f", "(a JPEG XL picture)"),
        (b"8BPS\x00\x01", "(a Photoshop picture)"),
        (bytes(64), "it starts with 64 zero bytes"),
        (b"\x01\x02\x03\x04", "it starts with the bytes 01 02 03 04"),
    ],
)
def test_what_was_found_is_named_with_what_to_do(head: bytes, message: str) -> None:
    with pytest.raises(UnsupportedFormat) as raised:
        sniffed(head, "a.pdf")
    assert message in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


def test_nothing_at_all_is_an_empty_document() -> None:
    with pytest.raises(EmptyDocument, match=r"a\.pdf is empty \(0 bytes\)"):
        sniffed(b"", "a.pdf")


@pytest.mark.parametrize("head", [b"BMW cars are fast", b"RIFF\x00\x00\x00\x00WAVEfmt ", b"MM\x00\x00", b"GIF88a"])
def test_beginnings_that_only_look_like_pictures_are_none(head: bytes) -> None:
    with pytest.raises(UnsupportedFormat, match="x is no PDF and no picture that can be read"):
        sniffed(head, "x")


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_have_a_kind_or_a_printable_reason(head: bytes) -> None:
    assert reason(head) is None or reason(head).isprintable()


def reason(head: bytes) -> str | None:
    try:
        sniffed(head, "x")
    except (EmptyDocument, UnsupportedFormat) as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("name", "file_type"), [("a.PDF", FileType.PDF), ("b.Tif", FileType.TIFF), ("a.docx", None), ("pdf", None)]
)
def test_a_name_promises_a_kind_by_its_suffix(name: str, file_type: FileType | None) -> None:
    assert claimed_type(name) is file_type
