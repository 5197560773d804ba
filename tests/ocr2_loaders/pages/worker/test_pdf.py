"""The findings and classes of hostile PDFs, each on a file of that class."""

from __future__ import annotations

import contextlib

import numpy as np
import pikepdf
import pypdfium2
import pytest

from ocr2_loaders.errors import (
    DamagedDocument,
    EmptyDocument,
    PageTooLarge,
    PageUnreadable,
    PasswordNeeded,
    PasswordRejected,
    SourceNotFound,
    UnsupportedEncryption,
)
from ocr2_loaders.pages import FailedPage, PageImage, page_images
from ocr2_loaders.pages.rendering import MAX_FAILURES_IN_A_ROW
from tests.support.page_sources import (
    HELLO,
    new_pdf,
    only_failure,
    only_image,
    raw_pdf,
    rendered,
    source_of,
    write_pdf,
)
from tests.support.patience import patient

CANARY = "canary-password"
BLACK_BOX = b"0 g 0 0 20 20 re f"


def numbers(pages):
    return [page.page_number for page in pages]


def test_a_page_looks_as_pdfium_draws_it_alone(tmp_path, renderers):
    path = write_pdf(tmp_path / "a.pdf", media_box=(0, 0, 612, 792))
    page = only_image(path, renderers, dpi=144)
    with pypdfium2.PdfDocument(path) as pdf:
        expected = pdf[0].render(scale=2, rev_byteorder=True).to_numpy()
        assert np.array_equal(page.pixels, expected)
    assert (page.width_pt, page.height_pt, page.effective_dpi) == (612, 792, 144)
    assert page.has_ink
    assert page.has_objects
    assert not page.warnings


class TestOpening:
    def test_a_document_without_pages_is_empty_whatever_was_opened_before(self, tmp_path, renderers):
        # Finding 1: PDFium's error code is the one of the last file that failed.
        new_pdf([]).save(tmp_path / "zero.pdf")
        (tmp_path / "junk.pdf").write_bytes(b"%PDF-1.7\nnothing\n")
        encrypted(tmp_path / "locked.pdf", user="u")
        write_pdf(tmp_path / "good.pdf")
        messages = set()
        for before in ("zero.pdf", "junk.pdf", "locked.pdf", "good.pdf"):
            with pytest.raises(EmptyDocument) as caught:
                open_one_after_the_other(tmp_path / before, tmp_path / "zero.pdf", renderers)
            messages.add(str(caught.value))
        assert messages == {"zero.pdf has no pages that can be found"}

    @pytest.mark.parametrize("pages", [b"null", b"<< /Type /Pages /Kids [2 0 R] /Count 0 >>", b"42"])
    def test_a_page_tree_that_leads_nowhere_is_a_typed_error(self, tmp_path, renderers, pages):
        path = tmp_path / "tree.pdf"
        path.write_bytes(raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", pages))
        with pytest.raises((EmptyDocument, DamagedDocument), match=r"tree\.pdf"):
            rendered(path, renderers)

    def test_what_only_begins_like_a_pdf_is_damaged(self, tmp_path, renderers):
        path = tmp_path / "broken.pdf"
        path.write_bytes(b"%PDF-1.4\n" + b"garbage " * 100)
        with pytest.raises(DamagedDocument, match=r"^broken\.pdf cannot be opened as a PDF"):
            rendered(path, renderers)

    def test_a_file_that_went_away_is_not_found(self, tmp_path, renderers):
        path = write_pdf(tmp_path / "gone.pdf")
        source = source_of(path)
        path.unlink()
        with pytest.raises(SourceNotFound, match=r"gone\.pdf"):
            next(page_images(source, renderers=renderers))

    def test_junk_around_a_document_does_not_matter(self, tmp_path, renderers):
        content = write_pdf(tmp_path / "a.pdf").read_bytes()
        (tmp_path / "b.pdf").write_bytes(b"HTTP/1.1 200 OK\r\n\r\n" + content + b"\n" * 50)
        assert only_image(tmp_path / "b.pdf", renderers).has_ink

    def test_a_long_name_is_cut_in_messages_and_shown_on_one_line(self, tmp_path, renderers):
        path = tmp_path / ("x\n" + "long" * 55 + ".pdf")
        new_pdf([]).save(path)
        with pytest.raises(EmptyDocument) as caught:
            rendered(path, renderers)
        assert len(str(caught.value)) <= 300
        assert "\n" not in str(caught.value)


class TestPasswords:
    def test_an_encrypted_document_asks_for_its_password(self, tmp_path, renderers):
        path = encrypted(tmp_path / "a.pdf", user="secret")
        with pytest.raises(PasswordNeeded, match=r"a\.pdf is encrypted and needs a password"):
            rendered(path, renderers)

    @pytest.mark.parametrize("password", ["secret", "owner"])
    def test_the_right_password_opens_it(self, tmp_path, renderers, password):
        path = encrypted(tmp_path / "a.pdf", user="secret", owner="owner")
        assert only_image(path, renderers, password=password).has_ink

    def test_the_password_is_used_in_every_process(self, tmp_path):
        path = encrypted(tmp_path / "a.pdf", user="secret", contents=[HELLO] * 6)
        pages = rendered(path, num_workers=2, password="secret", recycle_after_pages=1)
        assert [type(page) for page in pages] == [PageImage] * 6

    def test_a_wrong_password_is_rejected_and_never_repeated(self, tmp_path, renderers):
        path = encrypted(tmp_path / "a.pdf", user="secret")
        with pytest.raises(PasswordRejected) as caught:
            rendered(path, renderers, password=CANARY)
        assert CANARY not in str(caught.value) + repr(caught.value) + repr(caught.value.__dict__)

    def test_a_password_does_not_lock_out_of_what_is_open_to_readers(self, tmp_path, renderers):
        # Finding 9: encrypted with an owner's password only, PDFium refuses the document if it is given a wrong one.
        path = encrypted(tmp_path / "a.pdf", user="", owner="owner")
        assert only_image(path, renderers, password="wrong").has_ink

    def test_a_needless_password_is_harmless(self, tmp_path, renderers):
        assert only_image(write_pdf(tmp_path / "a.pdf"), renderers, password="needless").has_ink

    def test_an_unknown_security_handler_is_named_as_such(self, tmp_path, renderers):
        path = encrypted(tmp_path / "a.pdf", user="secret")
        path.write_bytes(path.read_bytes().replace(b"/Filter /Standard", b"/Filter /Exotique"))
        with pytest.raises(UnsupportedEncryption):
            rendered(path, renderers, password="secret")


class TestDamage:
    def test_a_false_page_count_ends_after_fifty_failures_with_one_summary(self, tmp_path, renderers):
        # Finding 2: PDFium believes /Count.
        path = tmp_path / "count.pdf"
        path.write_bytes(
            raw_pdf(
                b"<< /Type /Catalog /Pages 2 0 R >>",
                b"<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>",
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
            )
        )
        first, *failures, last = rendered(path, renderers)
        assert isinstance(first, PageImage)
        assert len(failures) == MAX_FAILURES_IN_A_ROW
        assert {type(page.error) for page in failures} == {PageUnreadable}
        assert isinstance(last.error, DamagedDocument)
        assert last.page_number == 52
        assert "1000000 pages" in str(last.error)

    def test_a_page_that_cannot_be_loaded_keeps_its_place_among_the_others(self, tmp_path, renderers):
        path = tmp_path / "kids.pdf"
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"
        kids = b"<< /Type /Pages /Kids [3 0 R null 4 0 R] /Count 3 >>"
        path.write_bytes(raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", kids, page, page))
        pages = rendered(path, renderers)
        assert numbers(pages) == [1, 2, 3]
        assert [type(page) for page in pages] == [PageImage, FailedPage, PageImage]
        assert isinstance(pages[1].error, PageUnreadable)
        assert pages[1].error.page_number == 2
        assert str(pages[1].error).startswith("kids.pdf: page 2 cannot be loaded")

    @pytest.mark.parametrize("percent", [30, 50, 75, 90, 99])
    def test_a_truncated_document_never_passes_without_a_warning(self, tmp_path, renderers, percent):
        # Finding 3: PDFium rebuilds the table and draws what it finds, without a word.
        content = paper(num_pages=8)
        path = tmp_path / "cut.pdf"
        path.write_bytes(content[: len(content) * percent // 100])
        pages = rendered(path, renderers)
        assert numbers(pages) == list(range(1, 9))
        assert any(isinstance(page, PageImage) for page in pages)
        for page in pages:
            assert any("the file is damaged" in warning for warning in page.warnings)

    def test_a_document_cut_before_its_page_tree_is_damaged(self, tmp_path, renderers):
        path = tmp_path / "cut.pdf"
        path.write_bytes(paper(num_pages=8)[:60])
        with pytest.raises(DamagedDocument):
            rendered(path, renderers)

    def test_a_document_without_its_end_mark_carries_a_warning(self, tmp_path, renderers):
        path = write_pdf(tmp_path / "a.pdf")
        path.write_bytes(path.read_bytes() + b" " * 2000)
        assert "end mark is missing" in only_image(path, renderers).warnings[0]

    def test_an_image_that_cannot_be_decoded_leaves_objects_without_ink(self, tmp_path, renderers):
        pdf = new_pdf([b"q 180 0 0 180 10 10 cm /Im Do Q"])
        image = pdf.make_stream(b"this is no JPEG 2000 image")
        image.Type, image.Subtype, image.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.JPXDecode
        image.Width = image.Height = 100
        pdf.pages[0].obj.Resources.XObject = pikepdf.Dictionary(Im=image)
        pdf.save(tmp_path / "a.pdf")
        page = only_image(tmp_path / "a.pdf", renderers)
        assert page.has_objects
        assert not page.has_ink

    def test_an_empty_page_has_neither_ink_nor_objects(self, tmp_path, renderers):
        page = only_image(write_pdf(tmp_path / "a.pdf", [b""]), renderers)
        assert not page.has_objects
        assert not page.has_ink


class TestForms:
    def test_values_of_form_fields_are_drawn(self, tmp_path, renderers):
        # Finding 4: without a form environment this page is blank.
        page = only_image(form(tmp_path / "a.pdf", value="Jane Doe"), renderers)
        assert page.has_ink

    def test_fields_that_never_end_are_left_out_and_the_page_is_delivered(self, tmp_path):
        # Finding 5: two kids at each of thirty levels, a thousand million fields.
        path = shared_fields(tmp_path / "loop.pdf")
        (page,) = rendered(path, num_workers=1, page_timeout_s=patient(1), open_timeout_s=patient(1))
        assert isinstance(page, PageImage)
        assert page.has_ink
        assert any("form fields were left out" in warning for warning in page.warnings)


class TestBoxes:
    @pytest.mark.parametrize(
        ("rotation", "corner"),
        [
            (0, "bottom left"),
            (90, "top left"),
            (180, "top right"),
            (270, "bottom right"),
            (450, "top left"),
            (-90, "bottom right"),
        ],
    )
    def test_a_rotated_page_comes_upright(self, tmp_path, renderers, rotation, corner):
        path = write_pdf(tmp_path / "a.pdf", [BLACK_BOX], media_box=(0, 0, 100, 200), Rotate=rotation)
        page = only_image(path, renderers, dpi=72)
        swapped = rotation % 180 != 0
        assert (page.width_pt, page.height_pt) == ((200, 100) if swapped else (100, 200))
        assert page.pixels.shape == ((100, 200, 3) if swapped else (200, 100, 3))
        assert darkest_corner(page.pixels) == corner

    @pytest.mark.parametrize(("size_pt", "dpi"), [(14_401, 20.5), (100_000, 2.9), (2**31, 0.0001)])
    def test_a_huge_page_is_drawn_with_fewer_pixels(self, tmp_path, renderers, size_pt, dpi):
        page = only_image(write_pdf(tmp_path / "a.pdf", media_box=(0, 0, size_pt, size_pt)), renderers)
        assert max(page.pixels.shape) == 4096
        assert page.effective_dpi == pytest.approx(dpi, abs=0.1)
        assert page.width_pt == size_pt

    def test_a_page_that_the_cap_leaves_a_thread_of_is_too_large(self, tmp_path, renderers):
        failure = only_failure(write_pdf(tmp_path / "a.pdf", media_box=(0, 0, 10, 1_000_000)), renderers)
        assert isinstance(failure.error, PageTooLarge)

    def test_a_page_of_three_points_is_unreadable(self, tmp_path, renderers):
        failure = only_failure(write_pdf(tmp_path / "a.pdf", media_box=(0, 0, 3, 3)), renderers)
        assert isinstance(failure.error, PageUnreadable)
        assert "6 x 6 pixels" in str(failure.error)

    def test_a_crop_box_outside_the_media_box_is_ignored(self, tmp_path, renderers):
        path = write_pdf(tmp_path / "a.pdf", CropBox=pikepdf.Array([500, 500, 700, 700]))
        page = only_image(path, renderers)
        assert (page.width_pt, page.height_pt) == (200, 200)
        assert page.has_ink

    @pytest.mark.parametrize(
        "box", [b"[0 0 0 0]", b"[NaN 0 1 1]", b"(text)", b"[1 2 3]", b"[[1] 2 3 4]", b"null", b"3 0 R", b"[9e99 0 1 1]"]
    )
    def test_a_senseless_media_box_falls_back_to_letter_or_fails_that_page(self, tmp_path, renderers, box):
        path = tmp_path / "a.pdf"
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox %s >>" % box
        kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
        path.write_bytes(raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", kids, page))
        (result,) = rendered(path, renderers)
        if isinstance(result, PageImage):
            assert (result.width_pt, result.height_pt) == (612, 792)
        else:
            assert isinstance(result.error, PageUnreadable | PageTooLarge)

    def test_an_inverted_media_box_is_put_right(self, tmp_path, renderers):
        page = only_image(write_pdf(tmp_path / "a.pdf", media_box=(200, 300, 0, 0)), renderers)
        assert (page.width_pt, page.height_pt) == (200, 300)


def test_page_labels_come_with_the_pages(tmp_path, renderers):
    pdf = new_pdf([HELLO] * 3)
    roman, decimal = pikepdf.Dictionary(S=pikepdf.Name.r), pikepdf.Dictionary(S=pikepdf.Name.D)
    pdf.Root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array([0, roman, 2, decimal]))
    pdf.save(tmp_path / "a.pdf")
    assert [page.page_label for page in rendered(tmp_path / "a.pdf", renderers)] == ["i", "ii", "1"]
    assert only_image(write_pdf(tmp_path / "b.pdf"), renderers).page_label is None


def test_active_content_is_not_acted_on(tmp_path, renderers):
    pdf = new_pdf()
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("while(true){}"))
    pdf.Root.OpenAction = script
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    pdf.save(tmp_path / "a.pdf")
    assert only_image(tmp_path / "a.pdf", renderers, page_timeout_s=patient(10)).has_ink


def open_one_after_the_other(first, second, renderers):
    with contextlib.suppress(EmptyDocument, DamagedDocument, PasswordNeeded):
        rendered(first, renderers)
    rendered(second, renderers)


def encrypted(path, *, user, owner="owner", contents=(HELLO,)):
    new_pdf(contents).save(path, encryption=pikepdf.Encryption(user=user, owner=owner))
    return path


def paper(num_pages):
    """A document with its trailer and its page tree first, as linearized ones have them."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * index) for index in range(num_pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>\nendobj\ntrailer << /Root 1 0 R >>\n",
        b"<< /Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 200 200] >>" % (kids, num_pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index in range(num_pages):
        resources = b"<< /Font << /F1 3 0 R >> >>"
        lines = b" ".join(b"0 -4 Td (Line %d of page %d) Tj" % (line, index) for line in range(40))
        content = b"BT /F1 4 Tf 20 190 Td %s ET" % lines
        page = b"<< /Type /Page /Parent 2 0 R /Resources %s /Contents %d 0 R >>" % (resources, 5 + 2 * index)
        objects += [page, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)]
    return raw_pdf(*objects)


def form(path, *, value):
    pdf = new_pdf([b""])
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Widget,
        FT=pikepdf.Name.Tx,
        T=pikepdf.String("name"),
        V=pikepdf.String(value),
        DA=pikepdf.String("/F1 24 Tf 0 g"),
        Rect=pikepdf.Array([10, 80, 190, 120]),
        F=4,
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(field)])
    resources = pikepdf.Dictionary(Font=pdf.pages[0].obj.Resources.Font)
    pdf.Root.AcroForm = pikepdf.Dictionary(
        Fields=pdf.pages[0].obj.Annots, DR=resources, DA=pikepdf.String("/F1 12 Tf 0 g"), NeedAppearances=True
    )
    pdf.save(path)
    return path


def shared_fields(path):
    pdf = new_pdf()
    field = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx)
    )
    field.T, field.Rect = pikepdf.String("leaf"), pikepdf.Array([0, 0, 1, 1])
    for _ in range(30):
        parent = pdf.make_indirect(pikepdf.Dictionary(Kids=pikepdf.Array([field, field])))
        field.Parent = parent
        field = parent
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), NeedAppearances=True)
    pdf.save(path)
    return path


def darkest_corner(pixels):
    height, width, _ = pixels.shape
    corners = {
        "top left": pixels[:10, :10],
        "top right": pixels[:10, width - 10 :],
        "bottom left": pixels[height - 10 :, :10],
        "bottom right": pixels[height - 10 :, width - 10 :],
    }
    return min(corners, key=lambda name: corners[name].mean())
