"""Running headers, footers and page numbers are found by where and how often they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.blocks import PageResult
from ocr2_loaders.structure import structured_document, structured_pages
from tests.support.marked_pages import Place, page_of, pages_of, spans
from tests.support.results import changed

TOP: Place = (100, 30, 900, 45)
BOTTOM: Place = (480, 960, 520, 975)
BODY: Place = (100, 200, 900, 800)


def running(pages: list[PageResult]) -> list[list[str]]:
    """The texts of each page's running blocks."""
    return [[b.block.text for b in page.blocks if b.is_running] for page in structured_pages(pages)]


def labels(pages: list[PageResult]) -> list[str | None]:
    return [page.printed_label for page in structured_pages(pages)]


def document(*tops: str) -> list[PageResult]:
    """Pages with these words at the top, and text of their own."""
    return pages_of(*(spans(("text", top, TOP), ("text", f"Wall {n}.", BODY)) for n, top in enumerate(tops)))


def test_what_the_model_calls_a_header_or_a_page_number_is_running() -> None:
    parts = [("header", "Moss Weekly"), ("text", "Moss."), ("page_number", "12"), ("footer", "A press")]
    (page,) = pages_of(spans(*parts))
    assert running([page]) == [["Moss Weekly", "12", "A press"]]
    assert labels([page]) == ["12"]


def test_a_line_that_comes_again_at_the_same_place_is_running() -> None:
    assert running(document("Moss Weekly", "Moss Weekly")) == [["Moss Weekly"]] * 2


def test_what_is_a_header_on_one_page_is_one_on_the_next() -> None:
    upper = spans(("header", "Moss Weekly", TOP), ("text", "Wall 1.", BODY))
    lower = spans(("text", "Moss Weekly", TOP), ("text", "Wall 2.", BODY))
    assert running(pages_of(upper, lower)) == [["Moss Weekly"]] * 2


def test_only_the_page_number_in_it_may_change() -> None:
    pages = document("12 Moss Weekly", "13 Moss Weekly", "14 Moss Weekly")
    assert running(pages) == [["12 Moss Weekly"], ["13 Moss Weekly"], ["14 Moss Weekly"]]
    assert labels(pages) == ["12", "13", "14"]


def test_a_number_that_does_not_count_pages_is_a_part_of_the_text() -> None:
    assert running(document("Example 9", "Example 9a", "Example 10", "Example 14")) == [[], [], [], []]
    assert running(document("Chapter 1 p. iv", "Chapter 1 p. v")) == [["Chapter 1 p. iv"], ["Chapter 1 p. v"]]


def test_left_and_right_pages_have_headers_of_their_own() -> None:
    pages = document("Moss", "A. Lichen", "Moss", "A. Lichen", "Moss")
    assert running(pages) == [["Moss"], ["A. Lichen"], ["Moss"], ["A. Lichen"], ["Moss"]]


def test_a_line_that_comes_once_is_text() -> None:
    assert running(document("Moss", "Walls", "Roofs")) == [[], [], []]


def test_the_same_words_elsewhere_on_the_page_are_text() -> None:
    upper = spans(("text", "Moss", TOP), ("text", "One.", BODY))
    lower = spans(("text", "Moss", (100, 90, 900, 105)), ("text", "Two.", BODY))
    assert running(pages_of(upper, lower)) == [[], []]


def test_a_number_alone_at_the_edge_is_the_page_number() -> None:
    (page,) = pages_of(spans(("text", "Moss.", BODY), ("text", "- 7 -", BOTTOM)))
    assert running([page]) == [["- 7 -"]]
    assert labels([page]) == ["7"]


def test_a_page_number_of_many_words_is_no_label() -> None:
    assert labels(pages_of(spans(("text", "Moss.", BODY), ("page_number", "B-12 / rev. 7")))) == ["B-12 / rev. 7"]
    assert labels(pages_of(spans(("text", "Moss.", BODY), ("page_number", "moss " * 100)))) == [None]


def test_a_roman_page_number_is_the_printed_label() -> None:
    assert labels(pages_of(spans(("text", "Moss.", BODY), ("text", "xiv", BOTTOM)))) == ["xiv"]


def test_a_number_in_a_header_is_no_label_where_it_does_not_count_on() -> None:
    assert labels(document("Moss 2020", "Moss 2020", "Moss 2020")) == [None] * 3


def test_a_running_line_is_no_heading_even_where_the_model_marks_it_as_one() -> None:
    pages = pages_of(*(spans(("sub_title", "## Moss", TOP), ("text", f"Text {n}.", BODY)) for n in range(3)))
    for page in structured_pages(pages):
        assert [block.is_running for block in page.blocks] == [True, False]
        assert page.blocks[0].heading_level is None
        assert page.blocks[1].heading_path == ()


def test_a_header_that_counts_the_pages_is_running_whatever_its_words() -> None:
    tops = ["12 Moss", "Walls 13", "14 Moss", "§ 2.3 Roofs 15"]
    pages = pages_of(
        *(spans(("sub_title", f"## {top}", TOP), ("text", f"Wall {n}.", BODY)) for n, top in enumerate(tops))
    )
    assert running(pages) == [[top] for top in tops]
    assert labels(pages) == ["12", "13", "14", "15"]


def test_captions_of_tables_that_go_on_are_no_headers() -> None:
    pages = document("Table 3: Walls (continued)", "Table 3: Walls (continued)")
    assert running(pages) == [[], []]


def test_the_large_title_of_slides_stays_a_heading() -> None:
    place = (100, 30, 900, 80)
    pages = pages_of(*(spans(("title", "# Results", place), ("text", f"Text {n}.", BODY)) for n in range(4)))
    assert running(pages) == [[]] * 4


def test_a_logo_in_the_margin_is_running() -> None:
    pages = pages_of(*(spans(("image", "", (50, 20, 120, 60)), ("text", f"Text {n}.", BODY)) for n in range(3)))
    assert [[b.is_running for b in page.blocks] for page in structured_pages(pages)] == [[True, False]] * 3


def test_one_page_twice_says_nothing_about_what_runs() -> None:
    page = spans(("text", "Dear Sir", TOP), ("text", "Moss grows.", BODY))
    assert running(pages_of(page, page)) == [[], []]


def test_a_page_never_loses_all_its_text() -> None:
    pages = pages_of(*(spans(("text", "Intentionally blank", TOP)) for _ in range(3)))
    assert running(pages) == [[], [], []]


def test_text_without_boxes_is_never_running() -> None:
    assert running(pages_of("Moss Weekly\n\nOne.", "Moss Weekly\n\nTwo.")) == [[], []]


def drawn_for_first(pages: list[PageResult]) -> int:
    """How many pages are drawn before the first one comes out."""
    drawn: list[int] = []

    def recorded() -> object:
        for page in pages:
            drawn.append(page.page_index)
            yield page

    next(structured_pages(recorded()))  # type: ignore[arg-type]  # a generator of pages
    return len(drawn)


def test_a_page_without_lines_in_its_margins_waits_for_nothing() -> None:
    assert drawn_for_first(pages_of(*[spans(("text", "Moss.", BODY))] * 9)) == 1


def test_a_page_waits_for_two_later_ones_at_most() -> None:
    assert drawn_for_first(document(*"abcdefghi")) == 3


def test_a_page_waits_no_longer_than_until_its_lines_are_known() -> None:
    assert drawn_for_first(document("Moss", "Moss", *"cdefg")) == 2


def test_a_whole_document_sees_further_than_a_stream() -> None:
    pages = document("Moss", "a", "b", "c", "Moss")
    assert running(pages) == [[], [], [], [], ["Moss"]]
    whole = structured_document(pages).pages
    assert [[b.block.text for b in page.blocks if b.is_running] for page in whole] == [["Moss"], [], [], [], ["Moss"]]


def test_pages_far_apart_are_not_compared() -> None:
    first, last = document("Moss", "Moss")
    assert running([first, changed(last, page_index=40)]) == [[], []]


def test_a_page_of_thousands_of_lines_is_settled() -> None:
    crowd = spans(*(("text", f"line {n}", TOP) for n in range(3_000)))
    pages = [page_of(index, crowd) for index in range(3)]
    assert sum(map(len, running(pages))) <= 3 * 3_000


@given(st.lists(st.lists(st.sampled_from(["Moss", "12", "13", "Walls 4"]), max_size=3), max_size=8))
def test_labels_are_printed_on_the_page(tops: list[list[str]]) -> None:
    pages = pages_of(*(spans(*(("text", top, TOP) for top in lines), ("text", "Body.", BODY)) for lines in tops))
    for page in structured_pages(pages):
        shown = [b.block.text for b in page.blocks if b.is_running]
        assert page.printed_label is None or any(page.printed_label in text for text in shown)
