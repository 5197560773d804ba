from __future__ import annotations

from pathlib import Path

from lxml import html

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.export import HTML, NO_FIGURES, Figure, Figures
from ocr2_loaders.structure import structured_pages
from ocr2_loaders.transcription import PageStatus
from tests.support.documents import document_pages, span
from tests.support.requests import source
from tests.support.results import block, page_result


def opened(*pages: PageResult, figures: Figures = NO_FIGURES) -> html.HtmlElement:
    writer = HTML.writer()
    written = b"".join([writer.add(page, figures) for page in structured_pages(pages)])
    return html.document_fromstring((written + writer.finish()).decode())


def test_every_page_is_a_section_with_its_number() -> None:
    document = opened(*document_pages(span("text", "one"), span("text", "two")))
    sections = list(document.iter("section"))
    assert [section.get("id") for section in sections] == ["page-1", "page-2"]
    assert [section.text_content().strip() for section in sections] == ["one", "two"]


def test_headings_have_the_levels_of_the_document() -> None:
    document = opened(*document_pages(span("title", "# Report"), span("title", "# 2.1 Data")))
    assert [each.text for each in document.iter("h1")] == ["Report"]
    assert [each.text for each in document.iter("h2", "h3")] == ["2.1 Data"]


def test_f28_the_document_tells_the_browser_to_run_and_fetch_nothing() -> None:
    (policy,) = opened(page_result(block())).xpath("//meta[@http-equiv]/@content")
    assert "default-src 'none'" in policy


def test_f28_the_file_s_name_is_text_too() -> None:
    document = opened(page_result(block(), source=source("</title><script>alert(1)</script>.pdf")))
    assert not list(document.iter("script"))
    assert document.findtext(".//title") == "</title><script>alert(1)</script>.pdf"


def test_a_failed_page_says_so_in_its_place() -> None:
    failed = page_result(page_index=1, status=PageStatus.FAILED, error=PageUnreadable("<b>the stream</b> ends early"))
    document = opened(page_result(block()), failed)
    (note,) = document.find_class("note")
    assert note.getparent().get("id") == "page-2"
    assert "<b>the stream</b> ends early" in note.text


def test_running_headers_are_set_apart() -> None:
    document = opened(*document_pages(span("header", "Annual report") + span("text", "Body.")))
    (running,) = document.find_class("running")
    assert running.text_content() == "Annual report"


def test_a_saved_figure_is_shown() -> None:
    figure = block((1, 2, 3, 4), label=BlockLabel.FIGURE, text="")
    document = opened(page_result(figure), figures={figure.id: Figure(Path("a.png"), 'f/a"%20b.png')})
    assert document.xpath("//figure/img/@src") == ['f/a"%20b.png']


def test_no_pages_are_no_document() -> None:
    assert HTML.writer().finish() == b""
