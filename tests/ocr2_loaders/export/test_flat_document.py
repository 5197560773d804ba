"""Pages and blocks as texts with ids and metadata."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.export.flat_document import DocumentMode, flat_documents
from ocr2_loaders.transcription import PageStatus
from tests.support.page_results import failed_source_result, page_result, table_block, text_block


def test_a_page_becomes_one_document_in_markdown() -> None:
    heading = replace(text_block("Results"), label=BlockLabel.HEADING, markdown="# Results")
    page = page_result(heading, text_block("Words", 1))
    (document,) = flat_documents(page, "page")
    assert (document.id, document.text) == (page.id, "# Results\n\nWords")


def test_each_block_becomes_one_document_in_plain_text() -> None:
    page = page_result(text_block("Words"), table_block())
    documents = flat_documents(page, "block")
    assert [each.text for each in documents] == ["Words", "a\tb"]
    assert [each.id for each in documents] == [block.id for block in page.blocks]
    assert [each.metadata["element_id"] for each in documents] == [block.id for block in page.blocks]


def test_a_block_without_text_shows_its_markdown() -> None:
    figure = replace(text_block(""), label=BlockLabel.FIGURE, markdown="![figure](figure)")
    (document,) = flat_documents(page_result(figure), "block")
    assert document.text == "![figure](figure)"


@pytest.mark.parametrize("mode", ["page", "block"])
@pytest.mark.parametrize("status", [PageStatus.FAILED, PageStatus.BLANK, PageStatus.LOOPED])
def test_a_page_without_blocks_is_still_there_with_its_status(mode: DocumentMode, status: PageStatus) -> None:
    page = page_result(status=status)
    (document,) = flat_documents(page, mode)
    assert (document.id, document.text, document.metadata["page_status"]) == (page.id, "", status.value)


def test_two_sources_that_failed_have_ids_of_their_own() -> None:
    (one,), (other,) = (flat_documents(failed_source_result(name), "page") for name in ("a.pdf", "b.pdf"))
    assert one.id != other.id
