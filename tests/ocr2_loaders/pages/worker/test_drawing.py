from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.support.page_sources import new_pdf, only_image, write_pdf


@pytest.fixture
def layer_of(tmp_path, renderers):
    def layer_of(content: bytes, **keys):
        path = write_pdf(tmp_path / "page.pdf", [content], **keys)
        return only_image(path, renderers, text=True, dpi=72).text_layer

    return layer_of


def rounded(box):
    """In points on the 200 x 200 page, top-left origin."""
    return tuple(round(200 * value, 1) for value in (box.x0, box.y0, box.x1, box.y1))


@pytest.mark.parametrize(
    ("content", "box", "is_horizontal"),
    [
        (b"2 w 20 100 m 180 100 l S", (20 - 1, 99, 180 + 1, 101), True),
        (b"2 w 50 20 m 50 180 l S", (49, 20 - 1, 51, 180 + 1), False),
        (b"20 99 160 2 re f", (20, 99, 180, 101), True),
        (b"1 0 0 1 20 50 cm 2 0 0 2 0 0 cm 1 w 0 25 m 80 25 l S", (19, 99, 181, 101), True),
    ],
)
def test_a_straight_line_is_a_ruling_however_it_is_drawn(layer_of, content, box, is_horizontal):
    (ruling,) = layer_of(content).rulings
    assert rounded(ruling.box) == box
    assert ruling.is_horizontal is is_horizontal


@pytest.mark.parametrize("content", [b"20 20 100 50 re S", b"20 20 m 120 20 l 120 70 l 20 70 l h S"])
def test_the_four_edges_of_a_rectangle_are_rulings(layer_of, content):
    rulings = layer_of(content).rulings
    assert sorted(ruling.is_horizontal for ruling in rulings) == [False, False, True, True]


def test_the_lines_of_a_grid_in_one_path_are_all_rulings(layer_of):
    rows = b"".join(b"20 %d m 180 %d l " % (y, y) for y in range(20, 200, 40))
    columns = b"".join(b"%d 20 m %d 180 l " % (x, x) for x in range(20, 200, 40))
    rulings = layer_of(rows + columns + b"S").rulings
    assert [ruling.is_horizontal for ruling in rulings] == [True] * 5 + [False] * 5


@pytest.mark.parametrize(
    "content",
    [
        b"20 20 m 180 180 l S",
        b"20 100 m 25 100 l S",
        b"20 20 100 100 re f",
        b"20 100 m 60 180 140 20 180 100 c S",
        b"1 G 20 100 m 180 100 l S",
        b"20 100 m 180 100 l n",
        b"30 w 20 100 m 180 100 l S",
        b"300 100 m 500 100 l S",
    ],
    ids=["slanted", "short", "an area", "a curve", "white", "not painted", "very thick", "off the page"],
)
def test_what_is_no_ruling(layer_of, content):
    assert layer_of(content).rulings == ()


def test_lines_inside_form_xobjects_are_found_where_they_are_drawn(tmp_path, renderers):
    pdf = new_pdf([b"q 2 0 0 2 20 40 cm /Fm Do Q"])
    form = pdf.make_stream(b"1 w 0 30 m 80 30 l S")
    form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 100, 100])
    pdf.pages[0].obj.Resources.XObject = pikepdf.Dictionary(Fm=form)
    pdf.save(tmp_path / "a.pdf")
    (ruling,) = only_image(tmp_path / "a.pdf", renderers, text=True).text_layer.rulings
    assert rounded(ruling.box) == (19, 99, 181, 101)


def test_pictures_are_where_the_page_shows_them(tmp_path, renderers):
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(200, 200))
    buffer = io.BytesIO()
    Image.new("RGB", (10, 10), "red").save(buffer, "PNG")
    canvas.drawImage(ImageReader(buffer), 20, 40, 100, 60)
    canvas.drawImage(ImageReader(buffer), 150, 150, 2, 2)
    canvas.drawImage(ImageReader(buffer), 190, 0, 50, 20)
    canvas.save()
    pictures = only_image(tmp_path / "a.pdf", renderers, text=True).text_layer.pictures
    assert [rounded(box) for box in pictures] == [(20, 100, 120, 160), (190, 180, 200, 200)]


def test_rulings_turn_with_the_page(layer_of):
    (ruling,) = layer_of(b"2 w 50 20 m 50 180 l S", Rotate=90).rulings
    assert ruling.is_horizontal
    assert rounded(ruling.box) == (19, 49, 181, 51)


def test_a_drawing_of_a_hundred_thousand_lines_ends(layer_of):
    layer = layer_of(b"20 100 m 180 100 l S\n" * 100_000)
    assert 0 < len(layer.rulings) <= 20_000
