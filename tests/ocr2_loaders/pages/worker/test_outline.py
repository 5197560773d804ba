"""The outline of a PDF comes with its pages."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from ocr2_loaders.pages import PageImage, RenderPool
from ocr2_loaders.pages.outline import OutlineEntry
from tests.support.page_sources import HELLO, new_pdf, rendered


@pytest.fixture
def pdf() -> pikepdf.Pdf:
    return new_pdf([HELLO] * 3)


def outlines(pdf: pikepdf.Pdf, path: Path, renderers: RenderPool) -> list[tuple[OutlineEntry, ...]]:
    """The entries of each page."""
    pdf.save(path)
    pages = rendered(path, renderers)
    assert all(isinstance(page, PageImage) for page in pages)
    return [page.outline for page in pages if isinstance(page, PageImage)]


def test_entries_come_with_the_page_they_lead_to(pdf: pikepdf.Pdf, tmp_path: Path, renderers: RenderPool) -> None:
    with pdf.open_outline() as outline:
        method = pikepdf.OutlineItem("2 Method", 1)
        method.children.append(pikepdf.OutlineItem("2.1 Daten", 1))
        method.children[0].children.append(pikepdf.OutlineItem("細部", 2))
        outline.root.extend([pikepdf.OutlineItem("1 Introduction", 0), method])
    assert outlines(pdf, tmp_path / "a.pdf", renderers) == [
        (OutlineEntry("1 Introduction", 1),),
        (OutlineEntry("2 Method", 1), OutlineEntry("2.1 Daten", 2)),
        (OutlineEntry("細部", 3),),
    ]


def test_entries_that_lead_to_no_page_are_left_out(pdf: pikepdf.Pdf, tmp_path: Path, renderers: RenderPool) -> None:
    with pdf.open_outline() as outline:
        outline.root.extend([pikepdf.OutlineItem("nowhere"), pikepdf.OutlineItem("here", 2)])
    assert outlines(pdf, tmp_path / "a.pdf", renderers) == [(), (), (OutlineEntry("here", 1),)]


def test_entries_in_a_circle_are_read_once(pdf: pikepdf.Pdf, tmp_path: Path, renderers: RenderPool) -> None:
    with pdf.open_outline() as outline:
        outline.root.extend([pikepdf.OutlineItem("a", 0), pikepdf.OutlineItem("b", 0)])
    first = pdf.Root.Outlines.First
    first.Next.Next = first
    first.First = first
    assert outlines(pdf, tmp_path / "a.pdf", renderers)[0] == (OutlineEntry("a", 1), OutlineEntry("b", 1))


def test_an_outline_is_cut_at_a_number_of_entries(pdf: pikepdf.Pdf, tmp_path: Path, renderers: RenderPool) -> None:
    with pdf.open_outline() as outline:
        outline.root.extend(pikepdf.OutlineItem(f"entry {number}", number % 2) for number in range(1_000))
    assert [len(entries) for entries in outlines(pdf, tmp_path / "a.pdf", renderers)] == [100, 100, 0]


def test_titles_are_cut_and_lose_what_cannot_be_printed(
    pdf: pikepdf.Pdf, tmp_path: Path, renderers: RenderPool
) -> None:
    with pdf.open_outline() as outline:
        outline.root.extend([pikepdf.OutlineItem("x" * 100_000, 0), pikepdf.OutlineItem("a\x00\u202e\nb", 1)])
    first, second, _ = outlines(pdf, tmp_path / "a.pdf", renderers)
    assert first == (OutlineEntry("x" * 250, 1),)
    assert second[0].title.startswith("a")
    assert second[0].title.isprintable()


def test_a_file_without_an_outline_has_no_entries(pdf: pikepdf.Pdf, tmp_path: Path, renderers: RenderPool) -> None:
    assert outlines(pdf, tmp_path / "a.pdf", renderers) == [(), (), ()]
