from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ocr2_loaders.blocks import BlockLabel
from ocr2_loaders.chunks import Chunk, chunks_of, embedded_text, estimated_tokens
from ocr2_loaders.chunks.division import HEADINGS_LEFT_OUT, OVER_BUDGET
from ocr2_loaders.chunks.text_cut import BETWEEN_WORDS, WITHIN_WORD
from ocr2_loaders.errors import ChunkBudgetTooSmall
from ocr2_loaders.settings import ChunkSettings
from ocr2_loaders.structure import structured_pages
from tests.support.marked_pages import pages_of, spans
from tests.support.tokenizers import count_by_tiktoken
from tests.support.transcripts import all_transcripts

SENTENCE = "All of this is one sentence of ten plain short words."


def words(text: str) -> int:
    return len(text.split())


def chunks(
    *transcripts: str, max_tokens: int = 16, count_tokens: Callable[[str], int] = words, **options: object
) -> list[Chunk]:
    pages = structured_pages(pages_of(*transcripts))
    settings = ChunkSettings(max_tokens=max_tokens)
    return list(chunks_of(pages, settings, count_tokens=count_tokens, **options))  # type: ignore[arg-type]


def table(*rows: str) -> str:
    return f"<table>{''.join(rows)}</table>"


def test_small_neighbours_of_a_section_become_one_chunk() -> None:
    (chunk,) = chunks(spans(("text", "one two"), ("text", "three four")))
    assert chunk.text == "one two\n\nthree four"
    assert len(chunk.block_ids) == len(chunk.boxes) == 2
    assert chunk.label is BlockLabel.TEXT
    assert chunk.notes == ()


def test_sections_are_kept_apart() -> None:
    found = chunks(spans(("sub_title", "## A"), ("text", "one"), ("sub_title", "## B"), ("text", "two")))
    assert [chunk.text for chunk in found] == ["A\n\none", "B\n\ntwo"]
    assert [chunk.heading_path for chunk in found] == [("A",), ("B",)]


def test_a_heading_goes_with_what_follows_on_it() -> None:
    body = " ".join(["word"] * 15)
    found = chunks(spans(("text", "before"), ("sub_title", "## A"), ("sub_title", "### B"), ("text", body)))
    assert [chunk.text for chunk in found] == ["before", f"A\n\nB\n\n{' '.join(['word'] * 14)}", "word"]
    assert found[2].heading_path == found[1].heading_path
    assert found[2].heading_path[-1] == "B"


def test_the_heading_path_counts() -> None:
    heading = "Seven words are in this long heading"
    found = chunks(spans(("sub_title", f"## {heading}"), ("text", "a b c d e f"), ("text", "g h i j k l")))
    assert [chunk.text for chunk in found] == [f"{heading}\n\na b c d e f", "g h i j k l"]
    assert embedded_text(found[1]) == f"{heading}\n\ng h i j k l"


def test_what_a_framework_adds_counts() -> None:
    def with_metadata(chunk: Chunk) -> str:
        return "ten words of metadata that a framework adds to it " + embedded_text(chunk)

    found = chunks(spans(("text", "a b c d"), ("text", "e f g")), embedded_text=with_metadata)
    assert [chunk.text for chunk in found] == ["a b c d", "e f g"]


def test_metadata_that_leaves_no_room_is_an_error_with_numbers() -> None:
    with pytest.raises(ChunkBudgetTooSmall, match=r"of 16 tokens .* 40 go to") as raised:
        chunks(spans(("text", "a b")), embedded_text=lambda chunk: "key " * 40 + chunk.text)
    assert raised.value.page_number == 1


def test_outer_headings_are_left_out_where_they_leave_no_room() -> None:
    outer = " ".join(["outer"] * 14)
    found = chunks(spans(("title", f"# {outer}"), ("text", "one"), ("sub_title", "## Inner"), ("text", "a b c d")))
    last = found[-1]
    assert last.heading_path == ("Inner",)
    assert HEADINGS_LEFT_OUT in last.notes
    assert "a b c d" in last.text


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    found = chunks(spans(("text", f"{SENTENCE} {SENTENCE} Short one. {SENTENCE}")), max_tokens=16)
    assert [chunk.text for chunk in found] == [SENTENCE, f"{SENTENCE} Short one.", SENTENCE]
    assert all(chunk.notes == () and len(chunk.boxes) == 1 for chunk in found)
    assert len({chunk.id for chunk in found}) == 3


def test_a_long_sentence_is_cut_between_words_and_marked() -> None:
    found = chunks(spans(("text", " ".join(map(str, range(40))))), max_tokens=16)
    assert [words(chunk.text) for chunk in found] == [16, 16, 8]
    assert [chunk.notes for chunk in found] == [(BETWEEN_WORDS,), (BETWEEN_WORDS,), ()]


def test_a_long_word_is_cut_and_marked() -> None:
    found = chunks(spans(("text", "x" * 50)), max_tokens=20, count_tokens=len)
    assert [len(chunk.text) for chunk in found] == [20, 20, 10]
    assert found[0].notes == (WITHIN_WORD,)


def test_the_rest_of_a_long_paragraph_is_joined_by_its_neighbours() -> None:
    found = chunks(spans(("text", f"{SENTENCE} {SENTENCE}"), ("text", "a b c")), max_tokens=16)
    assert found[-1].text == f"{SENTENCE}\n\na b c"


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("code", "```\n" + "\n".join(f"call number {number}" for number in range(20)) + "\n```"),
        ("equation", r"\[ " + " + ".join(f"x_{{{number}}}" for number in range(40)) + r" \]"),
    ],
)
def test_formulas_and_programs_are_never_cut(label: str, body: str) -> None:
    found = chunks(spans(("text", "before"), (label, body), ("text", "behind")))
    assert [chunk.notes for chunk in found] == [(), (OVER_BUDGET,), ()]
    assert [chunk.text for chunk in found[::2]] == ["before", "behind"]
    assert words(found[1].text) > 16


def test_tables_are_cut_between_rows_and_repeat_their_head() -> None:
    rows = [f"<tr><td>r{number}</td><td>{number}</td></tr>" for number in range(12)]
    found = chunks(spans(("table", table("<tr><th>name</th><th>size</th></tr>", *rows))), max_tokens=16)
    assert len(found) == 2
    for chunk in found:
        assert chunk.text.startswith("name\tsize\n")
        assert chunk.table is not None
        assert chunk.table.rows[0] == ("name", "size")
        assert chunk.table.num_header_rows == 1
        assert chunk.table.html == chunk.markdown
        assert chunk.label is BlockLabel.TABLE
    shown = [row for chunk in found if chunk.table for row in chunk.table.rows[1:]]
    assert shown == [(f"r{number}", str(number)) for number in range(12)]


def test_rows_that_a_cell_spans_stay_together() -> None:
    spanned = '<tr><td rowspan="3">s</td><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr>'
    rows = [f"<tr><td>r{number}</td><td>{number}</td></tr>" for number in range(6)]
    found = chunks(spans(("table", table("<tr><th>a</th><th>b</th></tr>", *rows, spanned))), max_tokens=16)
    assert found[1].table is not None
    assert found[1].table.rows == (("a", "b"), ("s", "1"), ("s", "2"), ("s", "3"))
    assert 'rowspan="3"' in found[1].table.html


def test_rows_that_a_cell_spans_are_cut_where_they_are_too_much() -> None:
    spanned = '<tr><td rowspan="12">s</td><td>0</td></tr>' + "".join(f"<tr><td>{n}</td></tr>" for n in range(1, 12))
    found = chunks(spans(("table", table("<tr><th>a</th><th>b</th></tr>", spanned))), max_tokens=16)
    shown = [row for chunk in found if chunk.table for row in chunk.table.rows[1:]]
    assert shown == [("s", str(number)) for number in range(12)]
    assert all("rowspan" not in chunk.markdown for chunk in found)


def test_a_row_that_is_too_long_is_cut_as_text() -> None:
    long_cell = " ".join(f"w{number}" for number in range(40))
    rows = ("<tr><th>a</th></tr>", "<tr><td>short</td></tr>", f"<tr><td>{long_cell}</td></tr>", "<tr><td>end</td></tr>")
    found = chunks(spans(("table", table(*rows))), max_tokens=16)
    assert " ".join(chunk.text for chunk in found).split() == ["a", "short", *long_cell.split(), "end"]


def test_a_caption_stands_with_its_table_and_is_known_to_each_part() -> None:
    rows = [f"<tr><td>r{number}</td></tr>" for number in range(30)]
    body = table("<tr><th>a</th></tr>", *rows)
    found = chunks(spans(("text", "x " * 10), ("table_caption", "Table 1: Sizes"), ("table", body)), max_tokens=16)
    assert found[1].text.startswith("Table 1: Sizes\n\na\nr0")
    assert [chunk.caption for chunk in found[1:]] == ["Table 1: Sizes"] * (len(found) - 1)
    assert embedded_text(found[2]).startswith("Table 1: Sizes\n\na\nr")


def test_a_table_has_a_chunk_of_its_own() -> None:
    body = table("<tr><td>1</td><td>2</td></tr>")
    found = chunks(spans(("sub_title", "## A"), ("table", body), ("text", "behind")))
    assert [chunk.text for chunk in found] == ["A\n\n1\t2", "behind"]
    assert found[0].table is not None


def test_parts_of_a_joined_paragraph_stand_on_their_own_pages() -> None:
    upper = f"{SENTENCE} {SENTENCE} The last sentence of this page goes on with the"
    lower = f"first words of the next. {SENTENCE} {SENTENCE}"
    found = chunks(spans(("text", upper)), spans(("text", lower)), max_tokens=16)
    assert [[page.page_number for page in chunk.pages] for chunk in found] == [[1], [1], [1, 2], [2], [2]]
    assert [[box.page_index for box in chunk.boxes] for chunk in found] == [[0], [0], [0, 1], [1], [1]]


def test_the_estimate_keeps_the_default_budget() -> None:
    text = " ".join([SENTENCE] * 200)
    pages = structured_pages(pages_of(spans(("text", text))))
    found = list(chunks_of(pages))
    assert all(estimated_tokens(embedded_text(chunk)) <= 512 for chunk in found)
    assert " ".join(chunk.text for chunk in found) == text


def test_ids_are_stable_and_follow_from_file_policy_and_blocks() -> None:
    transcripts = [spans(("text", f"{SENTENCE} {SENTENCE}"), ("text", "a b"))] * 3
    first, second = chunks(*transcripts), chunks(*transcripts)
    assert [chunk.id for chunk in first] == [chunk.id for chunk in second]
    assert len({chunk.id for chunk in first}) == len(first)


def test_headings_without_anything_behind_them_are_a_chunk_at_the_end() -> None:
    found = chunks(spans(("text", "a"), ("sub_title", "## End")))
    assert [chunk.text for chunk in found] == ["a", "End"]


def test_a_long_run_of_headings_is_cut_between_headings() -> None:
    found = chunks(spans(*[("sub_title", f"## Number {number}") for number in range(20)]))
    headings = [heading for chunk in found for heading in chunk.text.split("\n\n")]
    assert headings == [f"Number {number}" for number in range(20)]
    assert len(found) > 1


def test_real_pages_keep_any_budget() -> None:
    pages = list(structured_pages(pages_of(*all_transcripts().values())))
    for max_tokens in (32, 100, 512):
        found = list(chunks_of(pages, ChunkSettings(max_tokens=max_tokens), count_tokens=count_by_tiktoken))
        over = [chunk for chunk in found if count_by_tiktoken(embedded_text(chunk)) > max_tokens]
        assert all(OVER_BUDGET in chunk.notes for chunk in over)
        assert len({chunk.id for chunk in found}) == len(found)


def test_a_figure_without_words_is_shown_with_its_caption() -> None:
    (chunk,) = chunks(spans(("image", ""), ("image_caption", "Figure 1: A fox")))
    assert chunk.text == "Figure 1: A fox"
    assert len(chunk.block_ids) == len(chunk.boxes) == 2
    assert replace(chunk, text="").label is BlockLabel.FIGURE
