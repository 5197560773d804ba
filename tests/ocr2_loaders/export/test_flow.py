from __future__ import annotations

from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.export.flow import flow_of
from ocr2_loaders.structure import structured_document
from ocr2_loaders.transcription import PageStatus
from tests.support.documents import document_pages, span
from tests.support.results import page_result


def test_what_a_page_end_cut_is_one_and_pages_that_failed_keep_their_place() -> None:
    first, _, third = document_pages(
        span("header", "Report") + span("text", "The measurement was re-", "100, 800, 900, 980"),
        "",
        span("text", "peated in the summer.", "100, 20, 900, 60"),
    )
    failed = page_result(page_index=1, status=PageStatus.FAILED, error=PageUnreadable("no"))
    parts = list(flow_of(structured_document([first, failed, third])))
    texts = [part if isinstance(part, str) else part.text for part in parts]
    assert "page 2 of report.pdf failed: no" in texts
    assert "Report" not in texts
    assert "".join(texts).count("peated in the summer.") == 1


def test_every_block_of_the_text_is_in_it_once() -> None:
    pages = document_pages(
        span("title", "# One") + span("text", "First."), span("text", "- a\n- b") + span("text", "End.")
    )
    parts = [part for part in flow_of(structured_document(pages)) if not isinstance(part, str)]
    ids = [part.block.id for each in parts for part in each.parts]
    assert ids == [block.id for page in pages for block in page.blocks]
