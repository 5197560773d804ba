"""Pages and blocks as texts with ids and metadata."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.export.flat_document import DocumentMode, flat_documents
from ocr2_loaders.transcription import PageStatus
from tests.support.results import failed_source_result, table_block, text_block, third_page


def test_a_page_becomes_one_document_in_markdown() -> None:
    heading = replace(text_block("Results"), label=BlockLabel.HEADING, markdown="# Results")
    page = third_page(heading, text_block("Words", 1))
    (document,) = flat_documents([page], "page")
    assert (document.id, document.text) == (page.id, "# Results\n\nWords")


def test_each_block_becomes_one_document_in_plain_text() -> None:
    page = third_page(text_block("Words"), table_block())
    documents = list(flat_documents([page], "block"))
    assert [each.text for each in documents] == ["Words", "a\tb"]
    assert [each.id for each in documents] == [block.id for block in page.blocks]
    assert [each.metadata["element_id"] for each in documents] == [block.id for block in page.blocks]


def test_a_block_without_text_shows_its_markdown() -> None:
    figure = replace(text_block(""), label=BlockLabel.FIGURE, markdown="![figure](figure)")
    (document,) = flat_documents([third_page(figure)], "block")
    assert document.text == "![figure](figure)"


@pytest.mark.parametrize("mode", ["single", "page", "block"])
@pytest.mark.parametrize("status", [PageStatus.FAILED, PageStatus.BLANK, PageStatus.LOOPED])
def test_a_page_without_blocks_is_still_there_with_its_status(mode: DocumentMode, status: PageStatus) -> None:
    page = third_page(status=status)
    (document,) = flat_documents([page], mode)
    assert (document.text, document.metadata["page_status"]) == ("", status.value)


def test_two_sources_that_failed_have_ids_of_their_own() -> None:
    (one,), (other,) = (flat_documents([failed_source_result(name)], "page") for name in ("a.pdf", "b.pdf"))
    assert one.id != other.id


def test_a_file_becomes_one_document_with_its_pages_in_order() -> None:
    first, second = (
        replace(third_page(text_block(text)), page_index=index) for index, text in enumerate(["One", "Two"])
    )
    other = replace(first, source=replace(first.source, uri="b.pdf", sha256="1" * 64))
    one, two = flat_documents([first, second, other], "single", pages_delimiter="\f")
    assert (one.text, two.text) == ("One\fTwo", "One")
    assert one.id != two.id


def test_a_file_names_the_pages_that_failed() -> None:
    pages = [third_page(text_block("Words")), replace(third_page(status=PageStatus.FAILED), page_index=3)]
    (document,) = flat_documents(pages, "single")
    assert (document.metadata["page_status"], document.metadata["notes"]) == ("failed", "page 4 of report.pdf failed")


def test_running_lines_are_in_the_metadata_of_a_page_and_not_in_its_text() -> None:
    header = replace(text_block("Journal of Tests"), label=BlockLabel.HEADER)
    number = replace(text_block("7", 2), label=BlockLabel.PAGE_NUMBER)
    (document,) = flat_documents([third_page(header, text_block("Words", 1), number)], "page")
    assert document.text == "Words"
    assert (document.metadata["header"], document.metadata["footer"]) == ("Journal of Tests", "7")


def heading(text: str, level: int, reading_order: int) -> Block:
    return replace(text_block(text, reading_order), label=BlockLabel.HEADING, heading_level=level)


def test_a_block_knows_its_headings_and_the_innermost_of_them_by_id() -> None:
    page = third_page(heading("Method", 1, 0), heading("Data", 2, 1), text_block("Words", 2))
    method, data, words = flat_documents([page], "block")
    assert [each.metadata.get("parent_id") for each in (method, data, words)] == [None, method.id, data.id]
    assert words.metadata["heading_path"] == "Method > Data"


def test_another_file_begins_under_no_heading_of_the_one_before() -> None:
    page = third_page(heading("Method", 1, 0))
    other = replace(third_page(text_block("Words")), source=replace(page.source, uri="b.pdf", sha256="1" * 64))
    _, words = flat_documents([page, other], "block")
    assert not {"parent_id", "heading_path"} & words.metadata.keys()
