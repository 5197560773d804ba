import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, features

from ocr2_loaders.errors import EmptyDocument, UnsupportedFormat
from ocr2_loaders.sources.decoder import has_decoder
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
    FileType.AVIF: "AVIF",
    FileType.HEIF: "HEIF",
    FileType.PPM: "PPM",
    FileType.ICO: "ICO",
    FileType.DDS: "DDS",
}


def picture(pillow_name: str, mode: str = "RGB", **options: object) -> bytes:
    if pillow_name == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    if pillow_name == "AVIF" and not has_decoder(FileType.AVIF):
        pytest.skip("this Pillow writes no AVIF")
    if pillow_name == "JPEG2000" and not features.check("jpg_2000"):
        pytest.skip("this Pillow writes no JPEG 2000")
    file = io.BytesIO()
    Image.new(mode, (16, 16)).save(file, pillow_name, **options)
    return file.getvalue()[:HEAD_BYTES]


def texture(code: bytes) -> bytes:
    """The header of a compressed one, which not every Pillow writes."""
    head = bytearray(picture("DDS"))
    head[80:88] = (0x4).to_bytes(4, "little") + code
    return bytes(head)


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
        assert sniffed(picture(PILLOW_NAMES[file_type]), "x").file_type is file_type

    def test_big_tiff_is_tiff(self) -> None:
        assert sniffed(picture("TIFF", big_tiff=True), "x").file_type is FileType.TIFF

    def test_a_jpeg_2000_code_stream_needs_no_box_around_it(self) -> None:
        assert sniffed(picture("JPEG2000", no_jp2=True), "x").file_type is FileType.JPEG2000

    @pytest.mark.parametrize("mode", ["1", "L", "RGB"])
    def test_every_portable_map_of_bytes_is_told(self, mode: str) -> None:
        assert sniffed(picture("PPM", mode), "x").file_type is FileType.PPM

    @pytest.mark.parametrize(
        "head",
        [
            b"P1\n3 2\n1 0 1\n010\n",
            b"P2 # by hand\n2 1\n# white is\n15\n0 15\n",
            b"P3\n1 1\n255\n0 128 255\n# the end\n",
            b"P5\r\n2\t1 1023\n\x00\x01\x02\x03",
        ],
    )
    def test_portable_maps_as_people_write_them_are_told(self, head: bytes) -> None:
        assert sniffed(head, "x").file_type is FileType.PPM

    @pytest.mark.parametrize(
        "head",
        [
            b"P1 is urgent\n",
            b"P1 2 3 things to do\n",
            b"P3 10 20 30 apples\n",
            b"P5\n0 7\n255\n",
            b"P7\nWIDTH 2\n",
            b"P6",
            b"P6 10",
        ],
    )
    def test_text_that_begins_like_a_portable_map_is_none(self, head: bytes) -> None:
        with pytest.raises(UnsupportedFormat):
            sniffed(head, "x")

    @pytest.mark.parametrize("code", ["DXT1", "DXT3", "DXT5"])
    def test_textures_of_the_old_compressions_are_read(self, code: str) -> None:
        assert sniffed(texture(code.encode()), "x").file_type is FileType.DDS

    @pytest.mark.parametrize("code", [b"ATI2", b"BC5S", b"DXT2"])
    def test_textures_of_other_compressions_are_named_and_refused(self, code: bytes) -> None:
        head = texture(code)
        with pytest.raises(UnsupportedFormat, match="a DDS texture with a compression that is not read"):
            sniffed(head, "x.dds")

    @pytest.mark.parametrize(
        ("brands", "file_type"),
        [
            (b"mif1\0\0\0\0mif1heic", FileType.HEIF),
            (b"mif1\0\0\0\0mif1avif", FileType.AVIF),
            (b"avis\0\0\0\0msf1", FileType.AVIF),
            (b"hevc\0\0\0\0msf1", FileType.HEIF),
        ],
    )
    def test_a_container_is_of_the_kind_that_its_brands_say(self, brands: bytes, file_type: FileType) -> None:
        picture(file_type.name)  # skips where it cannot be read
        head = (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands + b"mdatheicavif"
        assert sniffed(head, "x").file_type is file_type

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

    @pytest.mark.parametrize(
        "head", [b"%PDF\n1 0 obj", b"%PDF1.4\n", b"%PDF 1.4\n", b"%PDF\0", b"%PDF_1.4", b"%PDF", b"%PDF-x.y"]
    )
    def test_the_header_needs_no_dash_and_no_version(self, head: bytes) -> None:
        assert sniffed(head, "x") == (FileType.PDF, ())
        assert sniffed(b"\0\1junk" + head, "x").file_type is FileType.PDF
        assert sniffed(b"From: me\r\n" + head, "x").file_type is FileType.PDF

    @pytest.mark.parametrize(
        "text", [b"%PDFLaTeX is needed\n", b"%PDF output\n", b"Ask for 100%PDF\n", b"Notes\n%PDF is a format\n"]
    )
    def test_a_text_that_speaks_of_pdf_is_none(self, text: bytes) -> None:
        with pytest.raises(UnsupportedFormat, match="plain text"):
            sniffed(text, "x")

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
        (b"\x00\x00\x00\x18ftypcrx \x00\x00", "(a film or sound of the MP4 family)"),
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


def heads(kind: FileType) -> list[bytes]:
    """Beginnings of real files, with nothing behind what tells their kind."""
    if kind is FileType.PDF:
        return [b"%PDF-", b"junk %PDF-", b"\0" * 1024 + b"%PDF"]
    lengths = {FileType.PPM: 13, FileType.ICO: 22, FileType.DDS: 132, FileType.HEIF: 28, FileType.AVIF: 32}
    told = [picture(PILLOW_NAMES[kind])[: lengths.get(kind, 20)]]
    return [*told, picture("JPEG2000", no_jp2=True)[:5]] if kind is FileType.JPEG2000 else told


@pytest.mark.parametrize("kind", [kind for kind in FileType if kind is not FileType.TGA])
def test_a_kind_is_told_whatever_follows_its_head(kind: FileType) -> None:
    known = heads(kind)

    @given(tail=st.binary(max_size=300))
    def is_told(tail: bytes) -> None:
        assert [sniffed(head + tail, "x").file_type for head in known] == [kind] * len(known)

    is_told()


@given(
    st.sampled_from(
        [b"P6", b"P2", b"ftyp", b"\0\0\0\x20ftyp", b"\0\0\1\0", b"DDS |\0\0\0", b"\0\0\2", b"%PDF", b"RIFF"]
    ),
    st.binary(max_size=200),
    st.binary(max_size=30),
)
def test_half_a_head_has_a_kind_or_a_reason_too(start: bytes, rest: bytes, tail: bytes) -> None:
    found = reason(start + rest, "a.tga", tail)
    assert found is None or found.isprintable()


def reason(head: bytes, name: str = "x", tail: bytes = b"") -> str | None:
    try:
        sniffed(head, name, tail)
    except (EmptyDocument, UnsupportedFormat) as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("name", "file_type"), [("a.PDF", FileType.PDF), ("b.Tif", FileType.TIFF), ("a.docx", None), ("pdf", None)]
)
def test_a_name_promises_a_kind_by_its_suffix(name: str, file_type: FileType | None) -> None:
    assert claimed_type(name) is file_type
