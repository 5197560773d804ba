from __future__ import annotations

from collections.abc import Iterator

import pytest

from ocr2_loaders.blocks import BlockLabel, PageStatus
from ocr2_loaders.chunks import Chunk, chunks_of
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from ocr2_loaders.structure import StructuredPage, structured_pages
from tests.support.marked_pages import a_source, page_of, pages_of, spans

TABLE = "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"
PAGE = spans(
    ("header", "Running title"), ("sub_title", "## A"), ("text", "One."), ("table_caption", "Table 1"), ("table", TABLE)
)


def chunks(policy: ChunkPolicy, *transcripts: str) -> list[Chunk]:
    return list(chunks_of(structured_pages(pages_of(*transcripts)), ChunkSettings(policy=policy)))


def test_every_block_is_a_chunk_and_knows_its_heading_and_caption() -> None:
    found = chunks(ChunkPolicy.BLOCK, PAGE)
    assert [chunk.text for chunk in found] == ["A", "One.", "Table 1", "a\n1"]
    assert {chunk.heading_path for chunk in found} == {("A",)}
    assert found[3].caption == "Table 1"
    assert found[3].label is BlockLabel.TABLE
    assert found[3].table is not None


def test_a_figure_without_words_is_a_block_of_its_own() -> None:
    figure, caption = chunks(ChunkPolicy.BLOCK, spans(("image", ""), ("image_caption", "Figure 1")))
    assert (figure.text, figure.caption, figure.label) == ("", "Figure 1", BlockLabel.FIGURE)
    assert caption.text == "Figure 1"


def test_a_page_is_a_chunk_without_its_running_header() -> None:
    (chunk,) = chunks(ChunkPolicy.PAGE, PAGE)
    assert chunk.text == "A\n\nOne.\n\nTable 1\n\na\n1"
    assert chunk.label is None
    assert chunk.table is None


def test_a_page_that_failed_is_a_chunk_without_text_by_page_and_none_otherwise() -> None:
    error = PageUnreadable("no such object", page_number=2)
    pages = [*pages_of("Good."), page_of(1, "", status=PageStatus.FAILED, error=error)]
    for policy in ChunkPolicy:
        found = list(chunks_of(structured_pages(pages), ChunkSettings(policy=policy)))
        expected = ["Good.", ""] if policy is ChunkPolicy.PAGE else ["Good."]
        assert [chunk.text for chunk in found] == expected
        assert all(chunk.pages for chunk in found)


def test_a_section_runs_over_pages_up_to_the_next_heading() -> None:
    found = chunks(ChunkPolicy.SECTION, PAGE, spans(("text", "More."), ("sub_title", "## B"), ("text", "two")))
    assert [chunk.text for chunk in found] == ["A\n\nOne.\n\nTable 1\n\na\n1\n\nMore.", "B\n\ntwo"]
    assert [[page.page_number for page in chunk.pages] for chunk in found] == [[1, 2], [2]]


@pytest.mark.parametrize("policy", list(ChunkPolicy))
def test_a_new_source_begins_new_chunks(policy: ChunkPolicy) -> None:
    pages = [*pages_of("one", document=a_source("a")), *pages_of("two", document=a_source("b"))]
    found = list(chunks_of(structured_pages(pages), ChunkSettings(policy=policy)))
    assert [chunk.text for chunk in found] == ["one", "two"]


@pytest.mark.parametrize("policy", list(ChunkPolicy))
def test_the_same_file_twice_gives_the_same_chunks_twice(policy: ChunkPolicy) -> None:
    once = chunks(policy, PAGE)
    pages = structured_pages([*pages_of(PAGE), *pages_of(PAGE)])
    twice = list(chunks_of(pages, ChunkSettings(policy=policy)))
    assert [chunk.id for chunk in twice] == [chunk.id for chunk in once] * 2


def test_no_two_policies_share_an_id() -> None:
    ids = [chunk.id for policy in ChunkPolicy for chunk in chunks(policy, "One block, one page, one section.")]
    assert len(ids) == len(set(ids)) == 4


def test_no_pages_are_no_chunks() -> None:
    assert list(chunks_of(iter(()))) == []


@pytest.mark.parametrize(("policy", "most_ahead"), [(ChunkPolicy.PAGE, 1), (ChunkPolicy.BLOCK, 2)])
def test_pages_are_drawn_as_chunks_are_asked_for(policy: ChunkPolicy, most_ahead: int) -> None:
    num_drawn = 0

    def drawn() -> Iterator[StructuredPage]:
        nonlocal num_drawn
        for page in list(structured_pages(pages_of(*(f"Page {number}." for number in range(9))))):
            num_drawn += 1
            yield page

    for number, chunk in enumerate(chunks_of(drawn(), ChunkSettings(policy=policy)), start=1):
        assert chunk.text
        assert num_drawn <= number + most_ahead
