"""Tokens laid along the text that they made."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.token_ends import token_ends


@given(st.lists(st.text(min_size=1, max_size=6), max_size=30))
def test_tokens_that_make_the_text_end_where_they_end(tokens: list[str]) -> None:
    expected = [sum(map(len, tokens[: count + 1])) for count in range(len(tokens))]
    assert token_ends(tokens, "".join(tokens)) == tuple(expected)


def test_an_end_token_that_is_no_part_of_the_text_ends_with_it() -> None:
    assert token_ends(["a", "b", "<｜end▁of▁sentence｜>"], "ab") == (1, 2, 2)


def test_parts_of_a_character_end_where_the_token_before_them_does() -> None:
    assert token_ends(["no", "\ufffd", "\ufffd", "va"], "no龍va") == (2, 2, 2, 5)


def test_tokens_of_another_text_have_no_places() -> None:
    assert token_ends(["one", "two"], "something else entirely") is None


@given(st.lists(st.text(max_size=4), max_size=20), st.text(max_size=60))
def test_ends_never_fall_and_stay_within_the_text(tokens: list[str], text: str) -> None:
    ends = token_ends(tokens, text)
    if ends is not None:
        assert len(ends) == len(tokens)
        assert all(0 <= end <= len(text) for end in ends)
        assert list(ends) == sorted(ends)
