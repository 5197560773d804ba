"""HEIC, AVIF, TGA, portable maps, icons and DDS textures: pixels, transparency, sizes, frames, and every damage."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from ocr2_loaders.errors import DamagedDocument, DocumentError, PageError, PageTooLarge, PageUnreadable
from ocr2_loaders.pages import FailedPage, PageImage
from ocr2_loaders.sources import FileType
from ocr2_loaders.sources.decoder import has_decoder
from tests.ocr2_loaders.pages.worker.test_image import mean_difference, page_picture
from tests.support.page_sources import only_failure, only_image, rendered

LOSSLESS = [
    (FileType.TGA, "L", {}),
    (FileType.TGA, "RGB", {"compression": "tga_rle"}),
    (FileType.TGA, "P", {}),
    (FileType.PPM, "1", {}),
    (FileType.PPM, "L", {}),
    (FileType.PPM, "RGB", {}),
    (FileType.DDS, "RGB", {}),
    (FileType.DDS, "L", {}),
    (FileType.ICO, "RGB", {"sizes": [(120, 80)]}),
    (FileType.ICO, "RGB", {"sizes": [(120, 80)], "bitmap_format": "bmp"}),
]
LOSSY = [
    (FileType.HEIF, "RGB", {"quality": 95}),
    (FileType.AVIF, "RGB", {"quality": 95}),
    (FileType.DDS, "RGBA", {"pixel_format": "DXT1"}),
    (FileType.DDS, "RGBA", {"pixel_format": "DXT5"}),
]


def need(file_type: FileType) -> None:
    if file_type is FileType.HEIF:
        pytest.importorskip("pillow_heif").register_heif_opener()
    if file_type is FileType.AVIF and not has_decoder(FileType.AVIF):
        pytest.skip("this Pillow reads no AVIF")


def content(file_type: FileType, picture: Image.Image, **options: object) -> bytes:
    need(file_type)
    file = io.BytesIO()
    picture.save(file, file_type.name, **options)
    return file.getvalue()


def written(tmp_path, file_type: FileType, picture: Image.Image, **options: object):
    path = tmp_path / f"a.{file_type.name.lower()}"
    path.write_bytes(content(file_type, picture, **options))
    return path


@pytest.mark.parametrize(("file_type", "mode", "options"), LOSSLESS)
def test_pixels_are_kept(tmp_path, renderers, file_type, mode, options):
    picture = page_picture().convert(mode)
    page = only_image(written(tmp_path, file_type, picture, **options), renderers, file_type=file_type)
    assert np.array_equal(page.pixels, np.asarray(picture.convert("RGB")))
    assert (page.num_pages, page.warnings) == (1, ())


@pytest.mark.parametrize(("file_type", "mode", "options"), LOSSY)
def test_pixels_are_nearly_kept(tmp_path, renderers, file_type, mode, options):
    path = written(tmp_path, file_type, page_picture().convert(mode), **options)
    page = only_image(path, renderers, file_type=file_type)
    assert page.pixels.shape == (80, 120, 3)
    assert mean_difference(page, page_picture()) < 2


@pytest.mark.parametrize("maxval", [1023, 4095, 65535])
def test_grey_maps_of_sixteen_bits_keep_their_ink(tmp_path, renderers, maxval):
    values = np.asarray(page_picture()).astype(np.uint32) * maxval // 255
    (tmp_path / "a.pgm").write_bytes(b"P5 120 80 %d\n" % maxval + values.astype(">u2").tobytes())
    page = only_image(tmp_path / "a.pgm", renderers, file_type=FileType.PPM)
    assert mean_difference(page, page_picture()) < 2


def test_a_map_that_is_written_in_figures_is_read(tmp_path, renderers):
    rows = " ".join(str(value) for value in np.asarray(page_picture()).reshape(-1))
    (tmp_path / "a.pgm").write_text(f"P2\n# by hand\n120 80\n255\n{rows}\n", "ascii")
    page = only_image(tmp_path / "a.pgm", renderers, file_type=FileType.PPM)
    assert np.array_equal(page.pixels, np.asarray(page_picture().convert("RGB")))


class TestTransparency:
    @pytest.mark.parametrize("file_type", [FileType.TGA, FileType.DDS, FileType.ICO, FileType.AVIF, FileType.HEIF])
    def test_it_becomes_white_paper(self, tmp_path, renderers, file_type):
        picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
        picture.paste((0, 0, 0, 255), (0, 0, 32, 64))
        page = only_image(written(tmp_path, file_type, picture), renderers, file_type=file_type)
        assert page.pixels[32, 8].max() < 20
        assert page.pixels[32, 56].min() > 235

    @pytest.mark.parametrize("file_type", [FileType.TGA, FileType.ICO])
    def test_a_fourth_byte_that_was_never_filled_is_none(self, tmp_path, renderers, file_type):
        picture = page_picture(64, 64).convert("RGBA")
        picture.putalpha(0)
        page = only_image(written(tmp_path, file_type, picture), renderers, file_type=file_type)
        assert np.array_equal(page.pixels, np.asarray(page_picture(64, 64).convert("RGB")))


class TestTurnedPictures:
    @pytest.mark.parametrize("file_type", [FileType.AVIF, FileType.HEIF])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_they_come_upright(self, tmp_path, renderers, file_type, orientation):
        """Both formats turn by a property of the picture, which their writers make of this tag."""
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture = page_picture().convert("RGB")
        picture.info["exif"] = exif.tobytes()
        options = {"exif": exif} if file_type is FileType.AVIF else {}
        path = written(tmp_path, file_type, picture, quality=95, **options)
        expected = ImageOps.exif_transpose(picture)
        page = only_image(path, renderers, file_type=file_type)
        assert page.pixels.shape[:2] == (expected.height, expected.width)
        assert np.abs(page.pixels.astype(int) - np.asarray(expected)).mean() < 3


class TestFrames:
    def test_of_a_heic_with_several_pictures_the_primary_one_is_read(self, tmp_path, renderers):
        others = [Image.new("RGB", (100, 50), "red")]
        picture = page_picture().convert("RGB")
        path = written(tmp_path, FileType.HEIF, picture, save_all=True, append_images=others, primary_index=1)
        page = only_image(path, renderers, file_type=FileType.HEIF)
        assert (page.pixels.shape[1], page.pixels.shape[0]) == (100, 50)
        assert page.warnings == ("only the primary of 2 frames is read",)

    def test_of_a_moving_avif_the_first_is_read(self, tmp_path, renderers):
        others = [Image.new("RGB", (120, 80), "red")] * 3
        path = written(
            tmp_path, FileType.AVIF, page_picture().convert("RGB"), save_all=True, append_images=others, quality=95
        )
        page = only_image(path, renderers, file_type=FileType.AVIF)
        assert page.warnings == ("only the first of 4 frames is read",)
        assert mean_difference(page, page_picture()) < 2

    def test_of_an_icon_the_largest_is_read(self, tmp_path, renderers):
        sizes = [(16, 16), (64, 64), (32, 32)]
        path = written(tmp_path, FileType.ICO, page_picture(64, 64).convert("RGB"), sizes=sizes)
        page = only_image(path, renderers, file_type=FileType.ICO)
        assert (page.pixels.shape[1], page.pixels.shape[0]) == (64, 64)


class TestBombs:
    """What the header asks for is looked at before anything is decoded."""

    def tga(self) -> bytes:
        return struct.pack("<BBBHHBHHHHBB", 0, 0, 10, 0, 0, 0, 0, 0, 65535, 65535, 24, 0) + b"\xff\0\0\0" * 100

    def ppm(self) -> bytes:
        return b"P6 90000 90000 255\n" + bytes(100)

    def dds(self) -> bytes:
        head = bytearray(content(FileType.DDS, page_picture().convert("L")))
        head[12:20] = struct.pack("<II", 60000, 60000)
        return bytes(head)

    def png_in_ico(self) -> bytes:
        head = bytearray(content(FileType.ICO, page_picture(64, 64), sizes=[(64, 64)]))
        at = head.index(b"IHDR") + 4
        head[at : at + 8] = struct.pack(">II", 50000, 50000)
        return bytes(head)

    def bmp_in_ico(self) -> bytes:
        head = bytearray(
            content(FileType.ICO, page_picture(64, 64).convert("RGB"), sizes=[(64, 64)], bitmap_format="bmp")
        )
        head[26:34] = struct.pack("<ii", 50000, 100000)
        return bytes(head)

    def avif(self) -> bytes:
        return self._declared_larger(FileType.AVIF)

    def heif(self) -> bytes:
        return self._declared_larger(FileType.HEIF)

    def _declared_larger(self, file_type: FileType) -> bytes:
        head = bytearray(content(file_type, page_picture().convert("RGB")))
        at = head.index(b"ispe") + 8
        head[at : at + 8] = struct.pack(">II", 16000, 16000)
        return bytes(head)

    @pytest.mark.parametrize(
        ("name", "file_type"),
        [
            ("tga", FileType.TGA),
            ("ppm", FileType.PPM),
            ("dds", FileType.DDS),
            ("png_in_ico", FileType.ICO),
            ("bmp_in_ico", FileType.ICO),
            ("avif", FileType.AVIF),
            ("heif", FileType.HEIF),
        ],
    )
    def test_it_is_refused_by_its_size(self, tmp_path, renderers, name, file_type):
        path = tmp_path / "bomb"
        path.write_bytes(getattr(self, name)())
        failed = only_failure(path, renderers, file_type=file_type)
        assert isinstance(failed.error, PageTooLarge), failed.error
        assert "pixels, more than the" in str(failed.error)


DAMAGED = [*LOSSLESS, *LOSSY]


@pytest.mark.parametrize(("file_type", "mode", "options"), DAMAGED)
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_file_that_is_cut_off_gives_a_typed_error(tmp_path, renderers, file_type, mode, options, share):
    whole = content(file_type, page_picture().convert(mode), **options)
    path = tmp_path / "cut"
    path.write_bytes(whole[: int(len(whole) * share)])
    try:
        (page,) = rendered(path, renderers, file_type=file_type)
    except DamagedDocument:
        return
    # TGA ends with a mark that no pixel needs.
    assert (file_type is FileType.TGA and share > 0.9) or isinstance(page.error, (PageUnreadable, PageTooLarge))


@pytest.mark.parametrize(("file_type", "mode", "options"), DAMAGED)
@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_file_with_wrong_bits_gives_a_page_or_a_typed_error(tmp_path, renderers, file_type, mode, options, data):
    damaged = bytearray(content(file_type, page_picture().convert(mode), **options))
    early = st.integers(0, min(200, len(damaged) - 1))
    for at in data.draw(st.lists(early | st.integers(0, len(damaged) - 1), min_size=1, max_size=8)):
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "flipped"
    path.write_bytes(damaged)
    try:
        (page,) = rendered(path, renderers, file_type=file_type)
    except DocumentError:
        return
    assert isinstance(page, PageImage) or (isinstance(page, FailedPage) and isinstance(page.error, PageError))
