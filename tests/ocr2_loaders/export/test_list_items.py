from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.export.list_items import ListItem, list_items


def test_bullets_and_numbers_are_items() -> None:
    assert list_items("- a\n• b\n3. c\n(4) d\n5) e") == [
        ListItem("a"),
        ListItem("b"),
        ListItem("c", number=3),
        ListItem("d", number=4),
        ListItem("e", number=5),
    ]


def test_deeper_lines_are_deeper_items() -> None:
    assert [item.depth for item in list_items("- a\n  - b\n      - c\n  - d\n- e")] == [0, 1, 2, 1, 0]


def test_a_line_without_a_mark_goes_on_with_the_item_before() -> None:
    assert list_items("- a\n  and more\n- b") == [ListItem("a\nand more"), ListItem("b")]


def test_text_before_the_first_item_is_an_item() -> None:
    assert list_items("Needed:\n- a") == [ListItem("Needed:"), ListItem("a")]


@given(st.text("-1.() \tab\n", max_size=60))
def test_any_text_becomes_items_that_nest(text: str) -> None:
    items = list_items(text)
    depths = [item.depth for item in items]
    assert all(deeper <= depth + 1 for depth, deeper in pairwise(depths))
    assert sum(item.markdown.count("a") for item in items) == text.count("a")
