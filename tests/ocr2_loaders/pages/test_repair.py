"""PDFs that do not open are written anew once, and every page of theirs says so."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import pikepdf
import pytest
from pydantic import SecretStr

from model_runtime.install_line import install_line
from ocr2_loaders.errors import DamagedDocument, EmptyDocument, PasswordNeeded, PasswordRejected
from ocr2_loaders.pages import PageImage, RenderPool
from ocr2_loaders.settings import RenderSettings
from tests.support.absent import python_without
from tests.support.cli import ocr2
from tests.support.page_sources import HELLO, new_pdf, raw_pdf, rendered, write_pdf

REPAIRED = "the file is damaged and has been repaired: last pages may be missing or garbled"


def two_pages() -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 5 0 R /Resources << >> >>"
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        page,
        page,
        b"<< /Length 22 >>\nstream\n0 g 50 50 100 100 re f\nendstream",
        b"(qpdf leaves out the object that is broken off)",
    )


@pytest.fixture
def broken_off(tmp_path: Path) -> Path:
    """Cut before its cross-references and its trailer, without which PDFium finds no beginning."""
    path = tmp_path / "cut.pdf"
    path.write_bytes(two_pages().partition(b"xref")[0])
    return path


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_file_that_is_cut_off_gives_its_pages_with_a_warning_on_each(broken_off, renderers):
    pages = rendered(broken_off, renderers)
    assert [(type(page), page.has_ink, page.warnings) for page in pages] == [(PageImage, True, (REPAIRED,))] * 2


def test_several_processes_draw_from_one_copy_which_is_gone_at_the_end(broken_off, temporary_folder):
    with RenderPool(RenderSettings(num_workers=2)) as pool:
        first, second = rendered(broken_off, pool), rendered(broken_off, pool)
        assert len(first) == len(second) == 2
        assert [path.name for path in temporary_folder.rglob("*.pdf")] == ["repaired.pdf"]
    assert [*temporary_folder.iterdir()] == []


def test_the_file_itself_stays_as_it_is(broken_off, renderers):
    before = broken_off.read_bytes()
    rendered(broken_off, renderers)
    assert broken_off.read_bytes() == before


def test_results_carry_the_identity_of_the_file_as_it_was_given(broken_off, tmp_path):
    transcripts = tmp_path / "transcripts"
    transcripts.mkdir()
    for number in (1, 2):
        (transcripts / f"{number}.mmd").write_text("words", "utf-8")
    run = ocr2("convert", broken_off, "-f", "json", "--engine", "replay", "--transcripts", transcripts)
    document = json.loads(run.stdout)
    assert document["source"]["sha256"] == hashlib.sha256(broken_off.read_bytes()).hexdigest()
    assert document["source"]["uri"] == str(broken_off)
    assert all(REPAIRED in page["warnings"] for page in document["pages"])
    assert len(document["pages"]) == 2


def test_what_no_repair_opens_is_damaged_and_leaves_nothing_behind(tmp_path, temporary_folder):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"rubbish " * 500)
    with pytest.raises(DamagedDocument, match=r"^a\.pdf cannot be opened as a PDF: .* damaged beyond repair"):
        rendered(path)
    assert [*temporary_folder.iterdir()] == []


def test_a_file_without_pages_is_not_repaired(tmp_path, renderers):
    path = tmp_path / "a.pdf"
    path.write_bytes(raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"))
    with pytest.raises(EmptyDocument):
        rendered(path, renderers)


class TestPasswords:
    @pytest.fixture
    def locked(self, tmp_path) -> Path:
        path = tmp_path / "locked.pdf"
        new_pdf([HELLO]).save(path, encryption=pikepdf.Encryption(owner="owner", user="sesame"))
        return path

    @pytest.mark.parametrize("password", ["sesame", "wrong", None])
    def test_a_damaged_one_is_never_shown_as_if_it_were_plain(self, tmp_path, renderers, password):
        path = tmp_path / "a.pdf"
        encryption = pikepdf.Encryption(owner="owner", user="sesame")
        new_pdf([HELLO]).save(path, encryption=encryption, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        path.write_bytes(path.read_bytes().replace(b"/Root", b"/Rxxt").replace(b"startxref", b"startxxxx"))
        with pytest.raises((DamagedDocument, PasswordNeeded, PasswordRejected)):
            rendered(path, renderers, password=SecretStr(password) if password else None)

    def test_a_document_that_opens_with_its_password_is_not_repaired(self, locked, renderers):
        (page,) = rendered(locked, renderers, password=SecretStr("sesame"))
        assert page.warnings == ()

    @pytest.mark.parametrize(("password", "error"), [("wrong", PasswordRejected), (None, PasswordNeeded)])
    def test_nor_is_one_whose_password_is_wrong(self, locked, renderers, password, error):
        with pytest.raises(error) as raised:
            rendered(locked, renderers, password=SecretStr(password) if password else None)
        assert "damaged" not in str(raised.value)


def test_without_the_package_the_error_says_how_to_get_it(broken_off):
    code = f"""
from ocr2_loaders.pages import page_images
from ocr2_loaders.sources import opened_sources
from ocr2_loaders.errors import DamagedDocument
(source,) = opened_sources({str(broken_off)!r})
try:
    next(page_images(source))
except DamagedDocument as error:
    print(error)
"""
    run = python_without("pikepdf", code=code)
    assert run.stdout.strip() == (
        "cut.pdf cannot be opened as a PDF: its structure is damaged; "
        f"such files can often be repaired after: {install_line('repair')}"
    )


def test_a_whole_file_is_not_touched(tmp_path, renderers):
    (page,) = rendered(write_pdf(tmp_path / "a.pdf"), renderers)
    assert page.warnings == ()
