"""Pages come out as they went in, each block once, one by one or all together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.blocks import PageResult, PageStatus
from ocr2_loaders.structure import structured_document, structured_pages
from tests.support.marked_pages import Place, a_source, page_of, pages_of, spans
from tests.support.results import changed, failed_source_result
from tests.support.transcripts import all_transcripts


def paths(pages: list[PageResult]) -> list[tuple[str, ...]]:
    return [b.heading_path for page in structured_pages(pages) for b in page.blocks]


def test_blocks_stand_under_the_headings_before_them() -> None:
    pages = pages_of("# Moss\n\nOne.\n\n## Walls\n\nTwo.", "Three.\n\n## Roofs\n\nFour.")
    assert paths(pages) == [
        ("Moss",),
        ("Moss",),
        ("Moss", "Walls"),
        ("Moss", "Walls"),
        ("Moss", "Walls"),
        ("Moss", "Roofs"),
        ("Moss", "Roofs"),
    ]


def test_a_path_holds_the_beginning_of_a_very_long_heading() -> None:
    assert [len(words) for words in paths(pages_of(f"# {'moss ' * 1_000}\n\nOne."))[1]] == [300]


def test_a_new_source_begins_a_new_document() -> None:
    one, other = a_source("a"), a_source("b")
    pages = [page_of(0, "# Moss\n\nOne.", one), page_of(0, "Two.", other), page_of(1, "Three.", other)]
    assert paths(pages) == [("Moss",), ("Moss",), (), ()]


def test_the_same_file_twice_is_two_documents() -> None:
    assert paths([page_of(0, "# Moss\n\nOne."), page_of(0, "Two.")]) == [("Moss",), ("Moss",), ()]


def test_failed_and_blank_pages_come_out_in_their_place() -> None:
    pages = [
        failed_source_result("gone.pdf"),
        page_of(0, "# Moss"),
        page_of(1, "", status=PageStatus.FAILED),
        page_of(2, "", status=PageStatus.BLANK),
        page_of(3, "Text."),
        failed_source_result("gone too.pdf"),
    ]
    structured = list(structured_pages(pages))
    assert [page.page for page in structured] == pages
    assert structured[4].blocks[0].heading_path == ("Moss",)


def test_no_pages_are_no_document() -> None:
    assert list(structured_pages([])) == []
    assert structured_document([]).pages == ()


def test_captions_are_tied_in_both_directions() -> None:
    (page,) = structured_pages(pages_of(spans(("image", ""), ("image_caption", "Figure 1: A wall"))))
    figure, caption = page.blocks
    assert figure.caption_ids == (caption.block.id,)
    assert caption.captioned_ids == (figure.block.id,)


@pytest.mark.parametrize("name", all_transcripts())
def test_real_transcripts_keep_every_block_in_its_order(name: str) -> None:
    page = page_of(0, all_transcripts()[name])
    for structured in (*structured_pages([page]), *structured_document([page]).pages):
        assert structured.page is page
        assert [b.block for b in structured.blocks] == list(page.blocks)


PLACES = st.sampled_from([(100, 30, 900, 45), (480, 960, 520, 975), (100, 100, 900, 400), (100, 500, 900, 940)])
LABELS = st.sampled_from(["title", "sub_title", "text", "image", "table", "image_caption", "header", "list"])
BODIES = st.sampled_from(
    [
        "# Moss",
        "## 1 Walls",
        "## 1.1 Stone",
        "Moss Weekly 3",
        "7",
        "Moss in the",
        "shade.",
        "",
        "Figure 1: x",
        "- a\n- b",
        "<table><tr><td>Wall</td><td>Cover</td></tr><tr><td>a</td><td>1</td></tr></table>",
    ]
)
PARTS = st.tuples(LABELS, BODIES, PLACES)
DOCUMENTS = st.lists(st.lists(PARTS, max_size=5), max_size=8)

Document = list[list[tuple[str, str, Place]]]


def written(document: Document) -> list[PageResult]:
    return pages_of(*(spans(*parts) for parts in document))


@given(DOCUMENTS)
def test_every_block_comes_out_once_and_in_its_order(document: Document) -> None:
    pages = written(document)
    for structured in (list(structured_pages(pages)), structured_document(pages).pages):
        assert [page.page for page in structured] == pages
        assert [tuple(b.block for b in page.blocks) for page in structured] == [page.blocks for page in pages]


@given(DOCUMENTS)
def test_what_is_said_of_blocks_fits_together(document: Document) -> None:
    blocks = [b for page in structured_pages(written(document)) for b in page.blocks]
    places = {b.block.id: place for place, b in enumerate(blocks)}
    for place, b in enumerate(blocks):
        assert all(b.block.id in blocks[places[target]].caption_ids for target in b.captioned_ids)
        assert b.continues_id is None or blocks[places[b.continues_id]].block.page_index < b.block.page_index
        assert b.continues_id is None or places[b.continues_id] < place
        assert b.heading_level is None or b.heading_path[-1] == b.block.text
        assert b.num_repeated_header_rows == 0 or b.continues_id is not None
        assert not (b.is_running and (b.heading_level or b.caption_ids or b.captioned_ids or b.continues_id))


@given(DOCUMENTS, st.integers(0, 7))
def test_later_pages_change_nothing_beyond_the_look_ahead(document: Document, count: int) -> None:
    """What comes out for a page in a stream is the same, whatever stands more than two pages behind it."""
    pages = written(document)
    whole = list(structured_pages(pages))
    part = list(structured_pages(pages[:count]))
    settled = max(0, count - 2)
    assert part[:settled] == whole[:settled]


@given(DOCUMENTS)
def test_a_stream_says_what_the_whole_document_says_where_nothing_is_learnt_later(document: Document) -> None:
    """Without headings and lines in the margins no later page matters."""
    body = [[part for part in parts if "#" not in part[1] and part[2][1] not in {30, 960}] for parts in document]
    pages = [page for page in written(body) if not any(b.heading_level for b in page.blocks)]
    pages = [changed(page, page_index=index) for index, page in enumerate(pages)]
    assert tuple(structured_pages(pages)) == structured_document(pages).pages


def test_pages_are_drawn_one_by_one() -> None:
    drawn: list[int] = []

    def endless() -> Iterator[PageResult]:
        for index in range(10_000):
            drawn.append(index)
            yield page_of(index, spans(("text", f"Moss {index}.")))

    structured = structured_pages(endless())
    assert [next(structured).page.page_index for _ in range(5)] == [0, 1, 2, 3, 4]
    assert len(drawn) <= 7
