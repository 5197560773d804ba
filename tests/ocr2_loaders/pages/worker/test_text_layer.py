from __future__ import annotations

import io

import numpy as np
import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.support.page_sources import helvetica, new_pdf, only_image, write_pdf


@pytest.fixture
def layer_of(tmp_path, renderers):
    """The text layer of a page with this content."""

    def layer_of(content: bytes, **keys):
        path = write_pdf(tmp_path / "page.pdf", [content], **keys)
        return only_image(path, renderers, text=True, dpi=72).text_layer

    return layer_of


def texts(layer):
    return [run.text.strip() for run in layer.runs]


def show(text: bytes, x: float, y: float, *, size: float = 12, more: bytes = b"") -> bytes:
    return b"BT %s /F1 %g Tf %g %g Td (%s) Tj ET\n" % (more, size, x, y, text)


def test_no_text_layer_unless_it_is_asked_for(tmp_path, renderers):
    assert only_image(write_pdf(tmp_path / "a.pdf"), renderers).text_layer is None


def test_a_line_is_one_run_with_its_box_and_size(layer_of):
    (run,) = layer_of(show(b"Hxllo World", 20, 100, size=24)).runs
    assert run.text == "Hxllo World"
    assert run.font_size_pt == 24
    assert run.box.x0 == pytest.approx(0.11, abs=0.01)
    assert run.box.y1 == pytest.approx(0.5, abs=0.005)
    assert run.box.y0 == pytest.approx(1 - (100 + 0.72 * 24) / 200, abs=0.01)
    assert not run.rotated


def test_words_placed_one_by_one_are_one_run_with_spaces(layer_of):
    words = {10: b"the", 30: b"quick", 62: b"brown", 96: b"fox"}
    content = b"".join(show(word, x, 100, size=11) for x, word in words.items())
    assert texts(layer_of(content)) == ["the quick brown fox"]


def test_letters_placed_one_by_one_are_one_run(layer_of):
    content = b"".join(show(b"%c" % letter, 10 + 9 * index, 100) for index, letter in enumerate(b"NNNNNN"))
    assert texts(layer_of(content)) == ["NNNNNN"]


@pytest.mark.parametrize(
    "content",
    [
        show(b"left column", 10, 100, size=10) + show(b"right column", 110, 100, size=10),
        b"BT /F1 10 Tf 10 100 Td [(left column) -4000 (right column)] TJ ET",
    ],
)
def test_columns_on_one_baseline_are_separate_runs(layer_of, content):
    assert texts(layer_of(content)) == ["left column", "right column"]


def test_lines_are_separate_runs(layer_of):
    assert texts(layer_of(show(b"first", 10, 100) + show(b"second", 10, 86))) == ["first", "second"]


def test_a_change_of_font_begins_a_run_and_keeps_the_space_before_it(tmp_path, renderers):
    pdf = new_pdf(
        [b"BT /F1 12 Tf 10 100 Td (plain ) Tj /F2 12 Tf (bold) Tj /F3 12 Tf ( slanted) Tj /F4 12 Tf ( x()) Tj ET"]
    )
    fonts = pdf.pages[0].obj.Resources.Font
    fonts.F2, fonts.F3, fonts.F4 = helvetica("Helvetica-Bold"), helvetica("Times-Italic"), helvetica("Courier")
    pdf.save(tmp_path / "a.pdf")
    runs = only_image(tmp_path / "a.pdf", renderers, text=True).text_layer.runs
    assert "".join(run.text for run in runs) == "plain bold slanted x()"
    assert [(run.bold, run.italic, run.monospaced) for run in runs] == [
        (False, False, False),
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_the_size_on_the_page_counts_not_the_number_in_the_font_operator(layer_of):
    (run,) = layer_of(b"2 0 0 2 0 0 cm BT /F1 1 Tf 7 0 0 7 10 40 Tm (scaled) Tj ET").runs
    assert run.font_size_pt == pytest.approx(14)


def test_text_that_runs_upwards_is_marked_as_rotated(layer_of):
    content = show(b"level", 10, 100) + b"BT /F1 12 Tf 0 1 -1 0 190 20 Tm (upwards we go) Tj ET"
    assert [(run.text.strip(), run.rotated) for run in layer_of(content).runs] == [
        ("level", False),
        ("upwards we go", True),
    ]


@pytest.mark.parametrize(
    ("rotation", "matrix"),
    [(0, b"1 0 0 1 20 100"), (90, b"0 1 -1 0 190 60"), (180, b"-1 0 0 -1 180 180"), (270, b"0 -1 1 0 10 180")],
)
def test_boxes_lie_around_the_ink_of_a_rotated_page(tmp_path, renderers, rotation, matrix):
    content = b"BT /F1 12 Tf %s Tm (Hello) Tj ET" % matrix
    path = write_pdf(tmp_path / "a.pdf", [content], media_box=(-20, 30, 280, 430), Rotate=rotation)
    page = only_image(path, renderers, text=True, dpi=144)
    (run,) = page.text_layer.runs
    assert run.text == "Hello"
    assert not run.rotated
    rows, columns = np.nonzero(page.pixels.min(axis=2) < 128)
    height, width, _ = page.pixels.shape
    ink = (columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height)
    assert (run.box.x0, run.box.y0, run.box.x1, run.box.y1) == pytest.approx(ink, abs=0.01)


def test_boxes_are_relative_to_the_crop_box(layer_of):
    (run,) = layer_of(show(b"Hello", 120, 150), CropBox=pikepdf.Array([100, 100, 200, 200])).runs
    assert run.box.x0 == pytest.approx(0.21, abs=0.01)
    assert run.box.y1 == pytest.approx(0.5, abs=0.01)


class TestUnseenText:
    def test_invisible_text_is_left_out(self, layer_of):
        layer = layer_of(show(b"seen", 10, 100) + show(b"hidden instructions", 10, 60, more=b"3 Tr"))
        assert texts(layer) == ["seen"]
        assert layer.distrust is None

    def test_text_off_the_page_is_left_out(self, layer_of):
        assert texts(layer_of(show(b"seen", 10, 100) + show(b"outside", 500, 100) + show(b"below", 10, -50))) == [
            "seen"
        ]

    def test_text_outside_the_crop_box_is_left_out(self, layer_of):
        content = show(b"seen", 120, 150) + show(b"cropped", 10, 20)
        assert texts(layer_of(content, CropBox=pikepdf.Array([100, 100, 200, 200]))) == ["seen"]

    def test_white_text_on_white_is_left_out_and_white_text_on_black_is_not(self, layer_of):
        box = b"0 g 0 40 200 40 re f\n"
        content = (
            box + b"1 g " + show(b"on paper", 10, 150) + show(b"on black", 10, 55) + b"0 g " + show(b"ink", 10, 100)
        )
        assert texts(layer_of(content)) == ["on black", "ink"]


class TestDistrust:
    def test_invisible_text_only(self, layer_of):
        layer = layer_of(show(b"an OCR layer", 10, 60, more=b"3 Tr"))
        assert layer.distrust == "invisible text only"
        assert layer.runs == ()

    def test_glyphs_without_meaning(self, tmp_path, renderers):
        path = write_pdf(tmp_path / "a.pdf", [b""])
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            pdf.pages[0].obj.Resources.Font.F1 = meaningless_font(pdf)
            pdf.pages[0].Contents = pdf.make_stream(b"BT /F1 12 Tf 10 100 Td (abcabcabc) Tj ET")
            pdf.save(path)
        layer = only_image(path, renderers, text=True).text_layer
        assert layer.distrust == "100% of the characters have no Unicode value"

    def test_a_scan_with_a_caption(self, tmp_path, renderers):
        canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(400, 400))
        canvas.drawImage(noise(), 10, 10, 380, 380)
        canvas.drawString(20, 385, "Downloaded on a Monday")
        canvas.save()
        layer = only_image(tmp_path / "a.pdf", renderers, text=True).text_layer
        assert layer.distrust.startswith("a picture covers 90% of the page, and text only")
        assert len(layer.runs) == 1

    def test_a_page_of_text_beside_a_picture_is_trusted(self, tmp_path, renderers):
        canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(400, 400))
        canvas.drawImage(noise(), 10, 210, 380, 180)
        for line in range(12):
            canvas.drawString(20, 190 - 14 * line, "A line of text that says something about the picture")
        canvas.save()
        layer = only_image(tmp_path / "a.pdf", renderers, text=True).text_layer
        assert layer.distrust is None
        assert len(layer.runs) == 12

    def test_an_empty_page_has_nothing_to_distrust(self, layer_of):
        layer = layer_of(b"")
        assert (layer.runs, layer.rulings, layer.pictures, layer.distrust) == ((), (), (), None)

    def test_more_characters_than_a_page_can_hold(self, layer_of):
        line = b"0 -1 Td (%s) Tj " % (b"x" * 1500)
        layer = layer_of(b"BT /F1 0.2 Tf 10 190 Td " + line * 160 + b"ET")
        assert "characters on one page" in layer.distrust
        assert layer.runs == ()


def test_hyphens_at_line_ends_are_hyphens(layer_of):
    layer = layer_of(show(b"hyphen-", 10, 100) + show(b"ated text", 10, 86))
    assert "".join(texts(layer)) == "hyphen-ated text"


def test_characters_beyond_sixteen_bits_come_whole(tmp_path, renderers):
    pdf = new_pdf([b"BT /F1 24 Tf 10 100 Td (ABC) Tj ET"])
    pdf.pages[0].obj.Resources.Font.F1.ToUnicode = pdf.make_stream(
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n"
        b"3 beginbfchar <41> <4E00> <42> <D835DC00> <43> <00660069> endbfchar\nendcmap end end"
    )
    pdf.save(tmp_path / "a.pdf")
    (run,) = only_image(tmp_path / "a.pdf", renderers, text=True).text_layer.runs
    assert run.text == "一\U0001d400fi"


def meaningless_font(pdf):
    """A Type 3 font that draws boxes and does not tell what they mean."""
    glyph = pdf.make_stream(b"500 0 0 0 400 400 d1 0 0 400 400 re f")
    names = [pikepdf.Name("/g1"), pikepdf.Name("/g2"), pikepdf.Name("/g3")]
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type3,
        FontBBox=pikepdf.Array([0, 0, 500, 500]),
        FontMatrix=pikepdf.Array([0.001, 0, 0, 0.001, 0, 0]),
        CharProcs=pikepdf.Dictionary({str(name): glyph for name in names}),
        Encoding=pikepdf.Dictionary(Type=pikepdf.Name.Encoding, Differences=pikepdf.Array([97, *names])),
        FirstChar=97,
        LastChar=99,
        Widths=pikepdf.Array([500, 500, 500]),
    )


def noise():
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(buffer, "PNG")
    return ImageReader(buffer)
