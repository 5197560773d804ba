from __future__ import annotations

import pytest

from ocr2_loaders.chunks.sentences import last_sentence_end, last_word_end


@pytest.mark.parametrize(
    "text",
    [
        "One ends here.| Another goes on",
        'He said "yes."| Then he',
        "As shown in Fig. 3, it grows.| This",
        "J. Smith et al. [3] found it.| They",
        "Values, e.g. Those of Tab. 2, differ!| So",
        "Das gilt z.B. Hier nicht.| Denn",
        "这是第一句。|第二句还没有完",
        "「はい。」|次の文",
        "पहला वाक्य।| दूसरा",
        "It costs 3.50 per unit?| Not",
        "a list\nof lines|\nthat go on",
    ],
)
def test_sentences_end_where_a_reader_says(text: str) -> None:
    end = text.index("|")
    text = text.replace("|", "")
    assert last_sentence_end(text, len(text)) == end


@pytest.mark.parametrize("text", ["no end at all", "Dr. Who", "approx. 5 of them", "and so on... but not here"])
def test_not_every_full_stop_ends_a_sentence(text: str) -> None:
    assert last_sentence_end(text, len(text)) == 0


def test_a_sentence_that_ends_at_the_limit_is_whole() -> None:
    assert last_sentence_end("One. Two. Three.", 9) == 9
    assert last_sentence_end("One. Two. Three.", 8) == 4


@pytest.mark.parametrize(
    ("text", "before", "end"), [("one two three", 9, 7), ("one two three", 7, 7), ("onetwo", 4, 0)]
)
def test_words_end_at_spaces(text: str, before: int, end: int) -> None:
    assert last_word_end(text, before) == end


def test_chinese_words_end_anywhere() -> None:
    assert last_word_end("没有空格的文字", 4) == 4
