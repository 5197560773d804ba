"""Pages and blocks as texts with ids and metadata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.export.flat_document import DocumentMode, FlatDocument, flat_documents
from ocr2_loaders.export.placed_chunk import Chunking
from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from ocr2_loaders.transcription import PageStatus
from tests.support.results import changed, failed_source_result, table_block, text_block, third_page


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
        changed(third_page(text_block(text)), page_index=index) for index, text in enumerate(["One", "Two"])
    )
    other = changed(first, source=replace(first.source, uri="b.pdf", sha256="1" * 64))
    one, two = flat_documents([first, second, other], "single", pages_delimiter="\f")
    assert (one.text, two.text) == ("One\fTwo", "One")
    assert one.id != two.id


def test_a_file_names_the_pages_that_failed() -> None:
    pages = [third_page(text_block("Words")), changed(third_page(status=PageStatus.FAILED), page_index=3)]
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
    other = changed(third_page(text_block("Words")), source=replace(page.source, uri="b.pdf", sha256="1" * 64))
    _, words = flat_documents([page, other], "block")
    assert not {"parent_id", "heading_path"} & words.metadata.keys()


def chunks(*pages: PageResult, policy: ChunkPolicy = ChunkPolicy.BLOCK) -> list[FlatDocument]:
    return list(flat_documents(pages, "chunk", chunking=Chunking(ChunkSettings(policy=policy))))


def numbered_page(index: int, *blocks: Block) -> PageResult:
    """A page whose blocks are found on no other page."""
    own = (replace(block, id=f"{index}-{block.id}", page_index=index) for block in blocks)
    return changed(third_page(*own), page_index=index)


@pytest.mark.parametrize("policy", ChunkPolicy)
def test_a_page_without_a_chunk_stands_in_its_place_among_the_chunks(policy: ChunkPolicy) -> None:
    first, failed, last = (
        numbered_page(n, heading(f"Chapter {'ABC'[n]}", 1, 0), text_block("Words.", 1)) for n in range(3)
    )
    failed = replace(failed, status=PageStatus.FAILED, blocks=())
    documents = chunks(first, failed, last, failed_source_result(), policy=policy)
    assert len({document.id for document in documents}) == len(documents)
    statuses = [document.metadata["page_status"] for document in documents if document.metadata["page"] == 1]
    assert statuses == ["failed"]
    assert documents[-1].metadata["source"] == "gone.pdf"
    pages = [document.metadata["page"] for document in documents[:-1]]
    assert pages == sorted(pages)
    assert "Chapter C" in "\n".join(document.text for document in documents)


def test_a_chunk_knows_the_heading_that_it_is_under_by_its_blocks_id() -> None:
    page = third_page(heading("Method", 1, 0), text_block("Words", 1))
    method, words = chunks(page)
    assert (method.metadata.get("parent_id"), words.metadata["parent_id"]) == (None, page.blocks[0].id)


def test_chunks_come_while_later_pages_are_still_unread() -> None:
    taken: list[int] = []

    def pages() -> Iterator[PageResult]:
        for index in range(50):
            taken.append(index)
            yield numbered_page(index, heading("Chapter " + "I" * (index + 1), 1, 0))

    documents = flat_documents(pages(), "chunk", chunking=Chunking(ChunkSettings(policy=ChunkPolicy.BLOCK)))
    assert next(documents).text == "Chapter I"
    assert len(taken) < 50


def test_what_is_embedded_is_counted_as_the_caller_says() -> None:
    page = third_page(*(replace(text_block("Some words.", n), id=f"b{n}") for n in range(40)))
    few = Chunking(ChunkSettings(max_tokens=16), lambda text: len(text.split()))
    many = replace(few, embedded_text=lambda chunk: "one two three four " + chunk.text)
    assert len(list(flat_documents([page], "chunk", chunking=few))) < len(
        list(flat_documents([page], "chunk", chunking=many))
    )


def test_a_printed_page_number_is_the_label_of_a_page_that_has_no_other() -> None:
    pages = [
        changed(
            third_page(replace(text_block(str(n), 1), label=BlockLabel.PAGE_NUMBER)), page_index=n - 11, num_pages=5
        )
        for n in range(11, 16)
    ]
    documents = list(flat_documents(pages, "page"))
    assert documents[-1].metadata["page_label"] == "15"
    (labelled,) = flat_documents([changed(pages[0], page_label="iv")], "page")
    assert labelled.metadata["page_label"] == "iv"
