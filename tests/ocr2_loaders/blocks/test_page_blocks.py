import re

import pytest
from hypothesis import given, settings

from model_runtime.box import GridBox
from model_runtime.grounding import parse, written
from ocr2_loaders import identity
from ocr2_loaders.blocks import Block, BlockLabel, BlockMaker, blocks_of
from tests.support.odd_markup import odd_markup, seeded_odd_markup
from tests.support.transcripts import all_transcripts, transcript

TRANSCRIPTS = all_transcripts()
SHA256 = "ab" * 32
TAG = "<|ref|>{}<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n"


def read(text: str) -> tuple[Block, ...]:
    return blocks_of(text, page_index=2, file_sha256=SHA256)


def tagged(label: str, body: str) -> tuple[Block, ...]:
    return read(TAG.format(label) + body)


def labels_and_texts(blocks: tuple[Block, ...]) -> list[tuple[BlockLabel, str]]:
    return [(block.label, block.text) for block in blocks]


def words_of(text: str) -> list[str]:
    """The words outside tags and entities."""
    without_markup = re.sub(r"</?[a-z|｜][^<>]*>?|&[a-z]+;", " ", text)
    return re.findall(r"\w+", without_markup)


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_no_word_outside_the_tags_of_a_transcript_is_lost(name: str) -> None:
    kept = set(words_of("\n".join(f"{block.text}\n{block.markdown}" for block in read(TRANSCRIPTS[name]))))
    written_words = [word for span in parse(TRANSCRIPTS[name]) for word in words_of(span.body)]
    assert [word for word in written_words if word not in kept] == []


def test_no_word_of_ten_thousand_broken_transcripts_is_lost() -> None:
    for seed in range(10_000):
        text = seeded_odd_markup(seed)
        kept = "\n".join(f"{block.text}\n{block.markdown}" for block in read(text))
        in_bodies = re.findall(r"w\dw", "\n".join(span.body for span in parse(text)))
        assert [word for word in in_bodies if word not in kept] == [], text


@settings(max_examples=300)
@given(odd_markup())
def test_blocks_of_any_text_are_numbered_and_hold_something(text: str) -> None:
    blocks = read(text)
    assert [block.reading_order for block in blocks] == list(range(len(blocks)))
    assert len({block.id for block in blocks}) == len(blocks)
    real_without_text = {BlockLabel.FIGURE, BlockLabel.TABLE}
    assert all(block.text or block.label in real_without_text for block in blocks)


def test_a_block_carries_its_place_and_an_id_that_follows_from_it() -> None:
    first, second = read(TAG.format("text") + "one\n\n" + TAG.format("image"))
    assert (first.page_index, first.page_number, first.reading_order) == (2, 3, 0)
    assert first.boxes == (GridBox(1, 2, 3, 4),)
    assert second.id == identity.block_id(SHA256, 2, 1)


def test_a_block_comes_with_its_span_but_where_a_later_one_may_change_it() -> None:
    maker = BlockMaker(page_index=0, file_sha256=SHA256)
    one, table, caption, two = parse(
        TAG.format("text") + "one\n" + TAG.format("table") + TAG.format("table_caption") + "Table 1\n"
        "<table><tr><td>a</td></tr></table>\n" + TAG.format("text") + "two\n"
    )
    assert [block.text for block in maker.add(one)] == ["one"]
    assert maker.add(table) == []
    assert [block.label for block in maker.add(caption)] == [BlockLabel.TABLE, BlockLabel.CAPTION]
    assert [block.reading_order for block in maker.add(two)] == [3]
    assert maker.close() == []


def test_a_table_that_nothing_follows_waits_for_the_end() -> None:
    maker = BlockMaker(page_index=0, file_sha256=SHA256)
    (table,) = parse(TAG.format("table"))
    assert maker.add(table) == []
    assert [block.label for block in maker.close()] == [BlockLabel.TABLE]


def test_a_page_of_two_columns_becomes_blocks_in_the_order_of_the_model() -> None:
    blocks = read(transcript("two_columns_v2"))
    assert [block.label.value for block in blocks] == [
        *("title", "text", "heading", "text", "formula", "figure", "caption", "text")
    ]
    assert len(blocks[1].boxes) == 3
    assert blocks[4].latex == r"w(t)=w_{0}\exp\left(-\frac{t}{\tau}\right) \quad (1)"
    assert blocks[4].markdown == rf"\[ {blocks[4].latex} \]"
    assert blocks[5].text == blocks[5].markdown == ""


@pytest.mark.parametrize("name", ["nested_table_v1", "nested_table_with_footnote"])
def test_the_html_behind_a_nested_caption_belongs_to_the_table(name: str) -> None:
    blocks = [block for block in read(transcript(name)) if (block.model_label or "").startswith("table")]
    assert [block.label.value for block in blocks] == ["table", "caption", "footnote"]
    table, caption, footnote = blocks
    assert table.table is not None
    assert len(table.table.rows) >= 2
    assert caption.table is footnote.table is None
    assert "<table>" not in caption.markdown + footnote.markdown
    assert caption.text.startswith("Table ")


def test_a_caption_before_its_table_keeps_its_place() -> None:
    blocks = read(
        TAG.format("table_caption") + "Table 1\n\n" + TAG.format("table") + "<table><tr><td>a</td></tr></table>"
    )
    assert [block.label.value for block in blocks] == ["caption", "table"]


def test_a_table_without_anything_is_still_a_block() -> None:
    (table, text) = read(TAG.format("table") + "\n" + TAG.format("text") + "after")
    assert (table.label, table.text, table.markdown, table.table) == (BlockLabel.TABLE, "", "", None)
    assert text.text == "after"


def test_centered_captions_are_plain_text() -> None:
    assert [(block.label.value, block.markdown) for block in read(transcript("centered_captions"))][:3] == [
        ("figure", ""),
        ("caption", "Figure 1: The bucket"),
        ("footnote", "Photo: B. Lichen"),
    ]


def test_everything_in_one_span_becomes_its_own_block() -> None:
    blocks = read(transcript("tables_and_text_in_one_span"))
    assert labels_and_texts(blocks)[:5] == [
        (BlockLabel.TEXT, "Before the tables."),
        (BlockLabel.TABLE, "a\t1"),
        (BlockLabel.TEXT, "Between them."),
        (BlockLabel.TABLE, "b\t2"),
        (BlockLabel.TEXT, "Behind them."),
    ]
    assert len({block.boxes for block in blocks[:5]}) == 1
    assert "more than one thing" in blocks[0].notes[-1]


def test_a_stray_table_tag_in_a_formula_is_left_out() -> None:
    formula = read(transcript("tables_and_text_in_one_span"))[-1]
    assert formula.label is BlockLabel.FORMULA
    assert formula.latex == r"\begin{bmatrix} 2 & 2 \\[0.5ex] 0 & 0 \end{bmatrix}"
    assert formula.text.startswith("h) ")
    assert "</table>" not in formula.markdown


def test_a_table_that_is_cut_off_keeps_its_rows() -> None:
    table = read(transcript("cut_off_in_table"))[-1].table
    assert table is not None
    assert table.rows == (("Wall", "Cover"), ("12", "0.4"), ("13", ""))


def test_heading_levels_follow_the_marks_or_the_label() -> None:
    blocks = read(transcript("headings_without_marks"))
    assert [(block.label.value, block.heading_level, block.markdown) for block in blocks[:5]] == [
        ("title", 1, "# Moss"),
        ("heading", 2, "## 3. Watering"),
        ("title", 4, "#### Deep title"),
        ("heading", 2, "## Solutions"),
        ("text", None, "\\# a comment in a program"),
    ]


def test_garbled_labels_mean_their_first_word() -> None:
    blocks = read(transcript("headings_without_marks"))[5:]
    assert [block.label.value for block in blocks] == ["table", "text", "header", "page_number"]
    assert [block.model_label for block in blocks] == ["table C1", "text of text", "header", "page_number"]


def test_labels_that_are_the_text_become_text() -> None:
    assert labels_and_texts(read(transcript("labels_are_the_text"))) == [
        (BlockLabel.TEXT, "Moss & Stone"),
        (BlockLabel.TEXT, "Text of the sign"),
        (BlockLabel.TEXT, "KJ-161-01"),
    ]


def test_untagged_markdown_is_cut_into_its_pieces() -> None:
    blocks = read(transcript("no_tags_markdown"))
    assert [block.label.value for block in blocks] == [
        *("heading", "text", "heading", "list", "list", "code", "formula", "table", "text")
    ]
    assert blocks[5].text == "# not a heading\npour(bucket)"
    assert blocks[6].latex == "w = v t"
    assert blocks[-1].text == "The end."


def test_an_unknown_label_keeps_its_text() -> None:
    (block,) = tagged("watermark", "Draft")
    assert (block.label, block.model_label, block.text) == (BlockLabel.OTHER, "watermark", "Draft")


def test_an_empty_text_gives_no_block() -> None:
    assert tagged("text", " \n\n") == ()


def test_a_list_is_one_when_every_line_belongs_to_an_item() -> None:
    assert tagged("text", "- one\n  more\n- two")[0].label is BlockLabel.LIST
    assert tagged("text", "1. one\n2. two")[0].label is BlockLabel.LIST
    assert tagged("text", "1. only a number")[0].label is BlockLabel.TEXT
    assert tagged("text", "- one\nand prose")[0].label is BlockLabel.TEXT


def test_fenced_code_is_a_code_block_wherever_it_stands() -> None:
    before, code, after = tagged("text", "See\n```py\nx = 1 < 2\n```\nthere")
    assert (before.text, code.label, code.text, after.text) == ("See", BlockLabel.CODE, "x = 1 < 2", "there")
    assert code.markdown == "```py\nx = 1 < 2\n```"


def test_a_title_with_text_behind_it_is_two_blocks() -> None:
    assert labels_and_texts(tagged("title", "# Moss\n\nIt grows.")) == [
        (BlockLabel.TITLE, "Moss"),
        (BlockLabel.TEXT, "It grows."),
    ]


def test_text_is_without_marks_and_markdown_with_them() -> None:
    (block,) = tagged("text", "**Moss** &amp; H<sub>2</sub>O at a <b and c> d, \\(x^2\\)")
    assert block.text == "Moss & H2O at a <b and c> d, \\(x^2\\)"
    assert block.markdown == "**Moss** &amp; H<sub>2</sub>O at a <b and c> d, \\(x^2\\)"


def test_tokens_never_reach_a_block_and_spelled_ones_stay_text() -> None:
    (block,) = tagged("text", "one <|/det|> two<｜end▁of▁sentence｜>")
    assert block.text == "one  two"
    (block,) = read(written("text", [], "the tag <|ref|> opens"))
    assert block.text.replace("\u2060", "") == "the tag <|ref|> opens"


def test_hostile_markdown_of_many_headings_does_not_recurse() -> None:
    assert len(tagged("text", "## a\n" * 5000)) == 5000
    assert len(read("# a\n" * 5000)) == 5000


def test_oddities_of_the_markup_stand_in_the_notes() -> None:
    assert all(block.notes for block in read(transcript("odd_boxes")))
