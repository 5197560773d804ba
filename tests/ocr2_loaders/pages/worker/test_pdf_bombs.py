"""PDFs that ask for all the time or all the memory there is."""

from __future__ import annotations

import pikepdf

from ocr2_loaders.errors import (
    PageTimeout,
    PageTooLarge,
    WorkerCrash,
)
from ocr2_loaders.pages import FailedPage, PageImage
from tests.support.page_sources import (
    HELLO,
    new_pdf,
    rendered,
    repeated_stream,
)
from tests.support.patience import patient


class TestBombs:
    def test_a_page_that_takes_for_ever_fails_at_its_deadline_and_alone(self, tmp_path):
        # Finding 6: only ending the process bounds a page.
        pdf = new_pdf([HELLO, b"", HELLO])
        pdf.pages[1].Contents = repeated_stream(pdf, b"0 0 m 50 900 99 -900 200 200 c S\n" * 1000, 2000)
        pdf.save(tmp_path / "slow.pdf")
        limit_s = patient(1)
        pages = rendered(tmp_path / "slow.pdf", num_workers=1, page_timeout_s=limit_s)
        assert [type(page) for page in pages] == [PageImage, FailedPage, PageImage]
        assert isinstance(pages[1].error, PageTimeout)
        assert str(pages[1].error).startswith(f"slow.pdf: page 2 took longer than {limit_s:g} s")

    def test_a_page_that_asks_for_too_much_memory_fails_alone(self, tmp_path):
        # Finding 7: half a gigabyte of content from half a megabyte of file.
        pdf = new_pdf([HELLO, b"", HELLO])
        pdf.pages[1].Contents = repeated_stream(pdf, b" " * (1 << 20), 512)
        pdf.save(tmp_path / "fat.pdf")
        pages = rendered(tmp_path / "fat.pdf", num_workers=1, worker_memory_bytes=400 << 20)
        assert [type(page) for page in pages] == [PageImage, FailedPage, PageImage]
        assert isinstance(pages[1].error, WorkerCrash | PageTooLarge)

    def test_forms_within_forms_fail_alone(self, tmp_path):
        pdf = new_pdf([HELLO, b"/X0 Do"])
        pdf.pages[1].obj.Resources.XObject = pikepdf.Dictionary(X0=nested_forms(pdf, levels=11, width=10))
        pdf.save(tmp_path / "nested.pdf")
        pages = rendered(
            tmp_path / "nested.pdf", num_workers=1, worker_memory_bytes=400 << 20, page_timeout_s=patient(5)
        )
        assert [type(page) for page in pages] == [PageImage, FailedPage]
        assert isinstance(pages[1].error, WorkerCrash | PageTooLarge | PageTimeout)


def nested_forms(pdf, *, levels, width):
    inner = None
    for _ in range(levels):
        form = pdf.make_stream(b"/X0 Do " * width if inner is not None else b"0 0 9 9 re f " * width)
        form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        form.BBox = pikepdf.Array([0, 0, 200, 200])
        if inner is not None:
            form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X0=inner))
        inner = form
    return inner
