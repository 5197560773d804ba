from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.errors import SelectionError
from ocr2_loaders.pages import selected_pages

NUM_PAGES = st.integers(1, 60)


@pytest.mark.parametrize(
    ("selection", "numbers"),
    [
        ("1", [1]),
        ("1,3,5-8,-1", [1, 3, 5, 6, 7, 8, 10]),
        ("-3--1", [8, 9, 10]),
        ("-2-", [9, 10]),
        ("8-", [8, 9, 10]),
        ("2--8", [2, 3]),
        ("9-20", [9, 10]),
        ("5,1,5,1-2", [1, 2, 5]),
        (" 2 , 4 - 5 ", [2, 4, 5]),
        ("odd", [1, 3, 5, 7, 9]),
        ("EVEN,1", [1, 2, 4, 6, 8, 10]),
    ],
)
def test_a_selection_names_pages_in_document_order_and_each_once(selection, numbers):
    assert [index + 1 for index in selected_pages(selection, 10)] == numbers


def test_no_selection_means_all_pages_and_costs_no_memory():
    assert selected_pages(None, 10**9) == range(10**9)
    assert selected_pages("3-", 10**9) == range(2, 10**9)


@pytest.mark.parametrize(
    ("selection", "complaint"),
    [
        ("", "cannot be read at ''"),
        ("1,,2", "cannot be read at ''"),
        ("one", "cannot be read at 'one'"),
        ("1.5", "cannot be read at '1.5'"),
        ("٣", "cannot be read"),
        ("0", "pages count from 1"),
        ("11", "asks for page 11; the document has 10 pages"),
        ("-11", "asks for page -11"),
        ("5-3", "runs backwards in '5-3'"),
        ("-1--3", "runs backwards"),
        ("20-30", "names no page"),
        ("1" * 20_000, "is too long"),
    ],
)
def test_what_cannot_be_read_or_fits_no_page_is_an_error_that_says_so(selection, complaint):
    with pytest.raises(SelectionError) as caught:
        selected_pages(selection, 10)
    assert complaint in str(caught.value)
    assert len(str(caught.value)) <= 300


@given(NUM_PAGES, st.data())
def test_a_range_is_what_python_slices(num_pages, data):
    first, last = sorted((data.draw(st.integers(1, 80)), data.draw(st.integers(1, 80))))
    expected = list(range(num_pages))[first - 1 : last]
    if expected:
        assert list(selected_pages(f"{first}-{last}", num_pages)) == expected
    else:
        with pytest.raises(SelectionError):
            selected_pages(f"{first}-{last}", num_pages)


@given(NUM_PAGES, st.data())
def test_a_negative_page_is_counted_from_the_end(num_pages, data):
    number = data.draw(st.integers(1, num_pages))
    assert list(selected_pages(f"-{number}", num_pages)) == [num_pages - number]


@given(st.text(alphabet="0123456789-, oden", max_size=30), NUM_PAGES)
def test_any_text_gives_sorted_pages_of_the_document_or_a_selection_error(selection, num_pages):
    try:
        pages = list(selected_pages(selection, num_pages))
    except SelectionError:
        return
    assert pages
    assert pages == sorted(set(pages))
    assert set(pages) <= set(range(num_pages))
