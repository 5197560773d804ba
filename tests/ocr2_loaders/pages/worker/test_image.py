"""Image files of every kind and every damage become RGB pages or typed failures."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from ocr2_loaders.errors import DamagedDocument, PageTooLarge, PageUnreadable
from ocr2_loaders.pages import FailedPage, PageImage
from ocr2_loaders.sources.source import FileType
from tests.support.page_sources import only_failure, only_image, rendered


def page_picture(width: int = 120, height: int = 80) -> Image.Image:
    """Grey text-like marks on white paper, different in each corner."""
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((5, 5, width // 2, 15), fill=0)
    draw.rectangle((5, 30, 20, height - 10), fill=90)
    return image.filter(ImageFilter.GaussianBlur(1))


def saved(path, image, **options):
    image.save(path, **options)
    return path


def mean_difference(page: PageImage, expected: Image.Image) -> float:
    return abs(float(page.pixels.mean()) - float(np.asarray(expected.convert("RGB")).mean()))


@pytest.mark.parametrize(
    ("file_type", "suffix", "options"),
    [
        (FileType.PNG, "png", {}),
        (FileType.BMP, "bmp", {}),
        (FileType.GIF, "gif", {}),
        (FileType.TIFF, "tif", {"compression": "tiff_lzw"}),
        (FileType.WEBP, "webp", {"lossless": True}),
        (FileType.JPEG2000, "jp2", {}),
    ],
)
def test_every_allowed_format_gives_its_pixels(tmp_path, renderers, file_type, suffix, options):
    picture = page_picture()
    path = saved(tmp_path / f"a.{suffix}", picture.convert("RGB") if suffix == "webp" else picture, **options)
    page = only_image(path, renderers, file_type=file_type)
    assert np.array_equal(page.pixels, np.asarray(picture.convert("RGB")))
    assert (page.num_pages, page.page_label, page.text_layer) == (1, None, None)
    assert page.has_ink


def test_a_jpeg_gives_its_pixels(tmp_path, renderers):
    page = only_image(saved(tmp_path / "a.jpg", page_picture()), renderers, file_type=FileType.JPEG)
    assert mean_difference(page, page_picture()) < 2


def test_a_format_is_never_read_as_another_one(tmp_path, renderers):
    # Not by Ghostscript either: PostScript named .png is what starts it in a loader that takes any format.
    path = tmp_path / "a.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\nshowpage\n")
    with pytest.raises(DamagedDocument, match=r"^a\.png cannot be opened as PNG: its header is damaged"):
        rendered(path, renderers, file_type=FileType.PNG)


class TestInk:
    """Finding 10 and F25: the mean grey is within 2 of the 8-bit page, whatever the pixels are made of."""

    @pytest.mark.parametrize("scale", [1, 4, 16, 257])
    def test_sixteen_bit_grey(self, tmp_path, renderers, scale):
        values = np.asarray(page_picture()).astype(np.uint16) * scale
        page = only_image(saved(tmp_path / "a.png", Image.fromarray(values)), renderers, file_type=FileType.PNG)
        assert mean_difference(page, page_picture()) < 2

    @pytest.mark.parametrize("scale", [1 / 255, 1.0, 257.0])
    def test_float(self, tmp_path, renderers, scale):
        values = np.asarray(page_picture()).astype(np.float32) * np.float32(scale)
        page = only_image(saved(tmp_path / "a.tif", Image.fromarray(values)), renderers, file_type=FileType.TIFF)
        assert mean_difference(page, page_picture()) < 2

    def test_float_with_values_that_are_none(self, tmp_path, renderers):
        values = np.asarray(page_picture()).astype(np.float32) / 255
        values[0, 0], values[0, 1] = np.nan, np.inf
        page = only_image(saved(tmp_path / "a.tif", Image.fromarray(values)), renderers, file_type=FileType.TIFF)
        assert page.pixels[0, 0].tolist() == [0, 0, 0]
        assert mean_difference(page, page_picture()) < 2

    @pytest.mark.parametrize(("scale", "offset"), [(1, 0), (257, 0), (8_421_504, 0), (100, -10_000)])
    def test_thirty_two_bit_integers(self, tmp_path, renderers, scale, offset):
        values = np.asarray(page_picture()).astype(np.int32) * scale + offset
        page = only_image(saved(tmp_path / "a.tif", Image.fromarray(values)), renderers, file_type=FileType.TIFF)
        assert mean_difference(page, page_picture()) < 2

    @pytest.mark.parametrize("mode", ["1", "P", "CMYK", "YCbCr", "LAB"])
    def test_other_modes(self, tmp_path, renderers, mode):
        picture = page_picture()
        if mode == "LAB":
            image = Image.merge("LAB", (picture, Image.new("L", picture.size, 128), Image.new("L", picture.size, 128)))
            expected = None
        else:
            image, expected = picture.convert("RGB").convert(mode), picture.convert("RGB").convert(mode)
        # Up to 12, Pillow cannot read the YCbCr that it wrote uncompressed.
        path = saved(tmp_path / "a.tif", image, compression="tiff_lzw" if mode == "YCbCr" else None)
        page = only_image(path, renderers, file_type=FileType.TIFF)
        if expected is None:
            assert page.pixels.min() < 10
            assert page.pixels.max() > 250
        else:
            assert mean_difference(page, expected) < 2

    def test_black_on_transparency_is_on_white_paper(self, tmp_path, renderers):
        image = Image.new("RGBA", page_picture().size, (0, 0, 0, 0))
        image.putalpha(Image.eval(page_picture(), lambda value: 255 - value))
        page = only_image(saved(tmp_path / "a.png", image), renderers, file_type=FileType.PNG)
        assert mean_difference(page, page_picture()) < 2

    def test_white_on_transparency_is_not_lost(self, tmp_path, renderers):
        image = Image.new("RGBA", page_picture().size, (255, 255, 255, 0))
        image.putalpha(Image.eval(page_picture(), lambda value: 255 - value))
        assert only_image(saved(tmp_path / "a.png", image), renderers, file_type=FileType.PNG).has_ink

    def test_a_transparent_colour_of_a_palette_is_paper(self, tmp_path, renderers):
        image = Image.new("P", (40, 40), 0)
        image.putpalette([0, 0, 0, 0, 0, 0])
        image.paste(1, (5, 5, 20, 20))
        page = only_image(saved(tmp_path / "a.png", image, transparency=0), renderers, file_type=FileType.PNG)
        assert page.pixels[0, 0].tolist() == [255, 255, 255]
        assert page.pixels[10, 10].tolist() == [0, 0, 0]

    def test_a_plain_image_has_no_ink(self, tmp_path, renderers):
        path = saved(tmp_path / "a.png", Image.new("RGB", (50, 50), (250, 240, 230)))
        assert not only_image(path, renderers, file_type=FileType.PNG).has_ink


class TestOrientation:
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_all_exif_orientations_give_the_same_upright_page(self, tmp_path, renderers, orientation):
        upright = page_picture().convert("RGB")
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = saved(tmp_path / "a.png", as_stored(upright, orientation), exif=exif, dpi=stored_dpi(orientation))
        page = only_image(path, renderers, file_type=FileType.PNG)
        assert np.array_equal(page.pixels, np.asarray(upright))
        assert page.width_pt == pytest.approx(120 * 72 / 200, rel=0.01)
        assert page.height_pt == pytest.approx(80 * 72 / 100, rel=0.01)

    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("compression", [None, "tiff_lzw"])
    def test_tiff_frames_are_turned_once(self, tmp_path, renderers, orientation, compression):
        upright = page_picture()
        options = {"tiffinfo": {0x0112: orientation}, "compression": compression}
        path = saved(tmp_path / "a.tif", as_stored(upright, orientation), **options)
        page = only_image(path, renderers, file_type=FileType.TIFF)
        assert np.array_equal(page.pixels[:, :, 0], np.asarray(upright))

    @pytest.mark.parametrize(
        "exif",
        [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40],
    )
    def test_garbage_exif_is_ignored(self, tmp_path, renderers, exif):
        path = saved(tmp_path / "a.jpg", page_picture(), exif=exif)
        assert only_image(path, renderers, file_type=FileType.JPEG).pixels.shape == (80, 120, 3)

    def test_an_orientation_that_there_is_not_is_ignored(self, tmp_path, renderers):
        exif = Image.Exif()
        exif[0x0112] = 99
        path = saved(tmp_path / "a.jpg", page_picture(), exif=exif)
        assert only_image(path, renderers, file_type=FileType.JPEG).pixels.shape == (80, 120, 3)


class TestSize:
    def test_the_resolution_of_the_file_gives_its_size_on_paper(self, tmp_path, renderers):
        path = saved(tmp_path / "a.png", page_picture(600, 300), dpi=(300, 300))
        page = only_image(path, renderers, file_type=FileType.PNG)
        assert (page.width_pt, page.height_pt) == pytest.approx((144, 72), rel=0.001)
        assert page.effective_dpi == pytest.approx(300, rel=0.001)

    @pytest.mark.parametrize("dpi", [None, (0, 0), (1, 1), (100_000, 100_000)])
    def test_without_a_sane_resolution_it_is_72_dpi(self, tmp_path, renderers, dpi):
        path = saved(tmp_path / "a.png", page_picture(), **({"dpi": dpi} if dpi else {}))
        page = only_image(path, renderers, file_type=FileType.PNG)
        assert (page.width_pt, page.height_pt, page.effective_dpi) == (120, 80, 72)

    def test_a_long_side_is_capped_and_the_effective_resolution_recorded(self, tmp_path, renderers):
        path = saved(tmp_path / "a.png", page_picture(1000, 500), dpi=(200, 200))
        page = only_image(path, renderers, file_type=FileType.PNG, max_side_px=250)
        assert page.pixels.shape == (125, 250, 3)
        assert page.effective_dpi == pytest.approx(50, rel=0.001)
        assert page.width_pt == pytest.approx(360, rel=0.001)
        assert mean_difference(page, page_picture(1000, 500)) < 2

    def test_a_bomb_is_refused_by_its_header(self, tmp_path, renderers):
        path = saved(tmp_path / "a.png", Image.new("1", (20_000, 20_000)))
        failure = only_failure(path, renderers, file_type=FileType.PNG)
        assert isinstance(failure.error, PageTooLarge)
        assert "20000 x 20000 pixels" in str(failure.error)
        assert len(str(failure.error)) <= 300

    def test_an_image_of_a_few_pixels_is_unreadable(self, tmp_path, renderers):
        path = saved(tmp_path / "a.png", Image.new("L", (3, 3)))
        assert isinstance(only_failure(path, renderers, file_type=FileType.PNG).error, PageUnreadable)

    def test_a_compressed_text_chunk_bomb_is_no_way_in(self, tmp_path):
        buffer = io.BytesIO()
        page_picture().save(buffer, "PNG")
        content = buffer.getvalue()
        path = tmp_path / "a.png"
        path.write_bytes(content[:33] + text_bomb(300 << 20) + content[33:])
        try:
            (page,) = rendered(path, file_type=FileType.PNG, num_workers=1, worker_memory_bytes=300 << 20)
        except DamagedDocument:
            return
        assert isinstance(page, PageImage | FailedPage)


class TestFrames:
    def test_every_frame_of_a_tiff_is_a_page(self, tmp_path, renderers):
        path = tiff(tmp_path / "a.tif", num_frames=5)
        pages = rendered(path, renderers, file_type=FileType.TIFF)
        assert [page.page_number for page in pages] == [1, 2, 3, 4, 5]
        assert [int(page.pixels[0, 0, 0]) for page in pages] == [0, 1, 2, 3, 4]

    def test_a_thousand_frames_are_a_thousand_pages(self, tmp_path, renderers):
        path = tiff(tmp_path / "a.tif", num_frames=1000)
        pages = rendered(path, renderers, file_type=FileType.TIFF, pages="1,500-502,-1")
        assert [page.page_number for page in pages] == [1, 500, 501, 502, 1000]
        assert {page.num_pages for page in pages} == {1000}

    def test_a_broken_frame_fails_and_the_others_are_good(self, tmp_path, renderers):
        path = tiff(tmp_path / "a.tif", num_frames=5, compression="tiff_adobe_deflate")
        content = bytearray(path.read_bytes())
        start, length = strip_of(path, 3)
        content[start : start + length] = b"\xff" * length
        path.write_bytes(content)
        pages = rendered(path, renderers, file_type=FileType.TIFF)
        assert [type(page) for page in pages] == [PageImage] * 3 + [FailedPage] + [PageImage]
        assert isinstance(pages[3].error, PageUnreadable)
        assert str(pages[3].error).startswith("a.tif: page 4 cannot be decoded")

    def test_a_chain_of_frames_that_bites_its_tail_ends(self, tmp_path, renderers):
        path = tiff(tmp_path / "a.tif", num_frames=3)
        content = bytearray(path.read_bytes())
        offsets, last_link = frame_chain(content)
        content[last_link : last_link + 4] = struct.pack("<I", offsets[0])
        path.write_bytes(content)
        assert len(rendered(path, renderers, file_type=FileType.TIFF)) == 3

    def test_a_chain_that_leads_nowhere_leaves_the_frames_before_it(self, tmp_path, renderers):
        path = tiff(tmp_path / "a.tif", num_frames=3)
        content = bytearray(path.read_bytes())
        _, last_link = frame_chain(content)
        content[last_link : last_link + 4] = struct.pack("<I", len(content) + 1000)
        path.write_bytes(content)
        pages = rendered(path, renderers, file_type=FileType.TIFF)
        assert [type(page) for page in pages[:3]] == [PageImage] * 3
        assert all(isinstance(page, FailedPage) for page in pages[3:])

    @pytest.mark.parametrize(
        ("file_type", "suffix"), [(FileType.GIF, "gif"), (FileType.WEBP, "webp"), (FileType.PNG, "png")]
    )
    def test_of_an_animation_the_first_frame_is_read_and_a_warning_says_so(
        self, tmp_path, renderers, file_type, suffix
    ):
        frames = [page_picture(), *(Image.new("L", (120, 80), value) for value in (50, 200))]
        path = saved(tmp_path / f"a.{suffix}", frames[0], save_all=True, append_images=frames[1:])
        page = only_image(path, renderers, file_type=file_type)
        assert page.warnings == ("only the first of 3 frames is read",)
        assert mean_difference(page, page_picture()) < 5


class TestDamage:
    @pytest.mark.parametrize(
        ("file_type", "suffix"),
        [
            (FileType.PNG, "png"),
            (FileType.JPEG, "jpg"),
            (FileType.TIFF, "tif"),
            (FileType.GIF, "gif"),
            (FileType.BMP, "bmp"),
            (FileType.WEBP, "webp"),
            (FileType.JPEG2000, "jp2"),
        ],
    )
    @pytest.mark.parametrize("percent", [3, 40, 80])
    def test_a_truncated_image_is_never_half_a_page(self, tmp_path, renderers, file_type, suffix, percent):
        noise = Image.effect_noise((200, 150), 80)
        content = saved(tmp_path / f"a.{suffix}", noise.convert("RGB")).read_bytes()
        path = tmp_path / f"b.{suffix}"
        path.write_bytes(content[: len(content) * percent // 100])
        error = error_of(path, renderers, file_type)
        assert isinstance(error, DamagedDocument | PageUnreadable)
        assert str(error).startswith(f"b.{suffix}")

    @pytest.mark.parametrize("seed", range(20))
    def test_any_flipped_bytes_give_a_page_or_a_typed_failure(self, tmp_path, renderers, seed):
        random = np.random.default_rng(seed)
        kind, suffix = [(FileType.PNG, "png"), (FileType.TIFF, "tif"), (FileType.GIF, "gif"), (FileType.JPEG, "jpg")][
            seed % 4
        ]
        content = bytearray(saved(tmp_path / f"a.{suffix}", page_picture()).read_bytes())
        for position in random.integers(8, len(content), 12):
            content[position] = random.integers(256)
        path = tmp_path / f"b.{suffix}"
        path.write_bytes(content)
        try:
            pages = rendered(path, renderers, file_type=kind)
        except DamagedDocument:
            return
        for page in pages:
            assert isinstance(page, PageImage) or isinstance(page.error, PageUnreadable | PageTooLarge)


def error_of(path, renderers, file_type):
    """Of the document or of its only page."""
    try:
        return only_failure(path, renderers, file_type=file_type).error
    except DamagedDocument as error:
        return error


def as_stored(upright: Image.Image, orientation: int) -> Image.Image:
    """The image as a camera stores it that was held like this."""
    inverse = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return upright.transpose(inverse[orientation]) if orientation in inverse else upright


def stored_dpi(orientation: int) -> tuple[int, int]:
    return (100, 200) if orientation >= 5 else (200, 100)


def tiff(path, num_frames, **options):
    frames = [Image.new("L", (30, 20), number % 256) for number in range(num_frames)]
    for frame in frames:
        frame.paste(128, (10, 5, 20, 15))
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    return path


def strip_of(path, frame):
    with Image.open(path) as image:
        image.seek(frame)
        return image.tag_v2[273][0], image.tag_v2[279][0]


def frame_chain(content):
    """The offsets of the frames' directories, and where the last link stands."""
    offsets, link = [], 4
    while offset := struct.unpack_from("<I", content, link)[0]:
        offsets.append(offset)
        (num_entries,) = struct.unpack_from("<H", content, offset)
        link = offset + 2 + 12 * num_entries
    return offsets, link


def text_bomb(num_bytes):
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(num_bytes >> 20)) + packer.flush()
    body = b"zTXtcomment\0\0" + packed
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
