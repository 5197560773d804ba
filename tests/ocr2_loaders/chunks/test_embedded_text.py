from __future__ import annotations

from ocr2_loaders.chunks import Chunk, embedded_text
from tests.support.results import page_result


def chunk(text: str, *path: str, caption: str | None = None) -> Chunk:
    return Chunk("id", text, text, (page_result(),), heading_path=path, caption=caption)


def test_headings_stand_in_a_line_before_the_text() -> None:
    assert embedded_text(chunk("text", "2 Method", "2.1 Data")) == "2 Method > 2.1 Data\n\ntext"


def test_headings_that_the_text_begins_with_are_not_repeated() -> None:
    assert embedded_text(chunk("2.1 Data\n\ntext", "2 Method", "2.1 Data")) == "2 Method\n\n2.1 Data\n\ntext"
    assert embedded_text(chunk("2 Method\n\n2.1 Data\n\ntext", "2 Method", "2.1 Data")).startswith("2 Method\n\n2.1")


def test_a_caption_that_the_text_lacks_stands_before_it() -> None:
    assert embedded_text(chunk("a\tb", "A", caption="Table 1")) == "A\n\nTable 1\n\na\tb"
    assert embedded_text(chunk("Table 1\n\na\tb", caption="Table 1")) == "Table 1\n\na\tb"


def test_nothing_is_nothing() -> None:
    assert embedded_text(chunk("")) == ""
