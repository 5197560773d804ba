"""A sheet and the blocks it becomes."""

from __future__ import annotations

import pytest

from model_runtime.engines.embedded.page_layout import blocks_of
from model_runtime.engines.embedded.placed import PlacedBlock
from model_runtime.engines.embedded.rect import Rect
from model_runtime.engines.embedded.sheet import Piece, Sheet

WIDTH, HEIGHT = 612.0, 792.0
PROSE = "The causal flow of visual tokens follows the order of reading and not the raster, because it was learned"


def piece(text: str, x: float, y: float, *, size: float = 10.0, width: float | None = None, **style: bool) -> Piece:
    return Piece(text, Rect(x, y, x + (width or 0.5 * size * len(text)), y + size), size, **style)


def prose(x: float, y: float, count: int, width: float = 460.0, *, last: str = "and so it ends.") -> list[Piece]:
    full = [piece(PROSE, x, y + 12 * i, width=width) for i in range(count - 1)]
    return [*full, piece(last, x, y + 12 * (count - 1))]


def sheet(*pieces: Piece, **parts: object) -> Sheet:
    return Sheet(WIDTH, HEIGHT, pieces, **parts)  # type: ignore[arg-type]  # parts of every kind


def found(*pieces: Piece, page_index: int = 0, **parts: object) -> list[PlacedBlock]:
    return blocks_of(sheet(*pieces, **parts), page_index)


def labels(blocks: list[PlacedBlock]) -> list[str]:
    return [block.label for block in blocks]


def test_an_empty_sheet_has_no_blocks():
    assert found() == []


def test_two_columns_under_a_title_are_read_one_after_the_other():
    left = [piece(f"left {i:02}" + PROSE[:30], 72, 150 + 12 * i, width=220) for i in range(10)]
    right = [piece(f"right {i:02}" + PROSE[:30], 320, 150 + 12 * i, width=220) for i in range(10)]
    across = [each for pair in zip(left, right, strict=True) for each in pair]
    title = piece("A Title Over Both Columns", 150, 100, size=20, width=310, bold=True)
    blocks = found(title, *across)
    text = " ".join(block.body for block in blocks)
    places = [text.index(f"{side} {i:02}") for side in ("left", "right") for i in range(10)]
    assert labels(blocks) == ["title", "text", "text"]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("number", "line"),
    [("3", "3"), ("– 12 –", "– 12 –"), ("Page 4 of 10", "Page 4 of 10"), ("xiv", "xiv"), ("第 3 页", "第 3 页")],
)
def test_a_number_alone_in_the_margin_is_the_page_number(number: str, line: str):
    blocks = found(*prose(72, 100, 10), piece(number, 300, 750))
    assert [(block.label, block.body) for block in blocks[1:]] == [("page_number", line)]


def test_running_lines_in_the_margins_are_header_and_footer_and_stand_first_and_last():
    blocks = found(
        piece("To appear in a journal", 72, 770, size=8),
        *prose(72, 100, 10),
        piece("Notes on reading", 400, 36, size=8),
        piece("12", 72, 36, size=8),
    )
    assert labels(blocks) == ["page_number", "header", "text", "footer"]


def test_a_line_of_text_under_the_header_is_no_header():
    header, line = piece("Notes on reading", 400, 36, size=8), piece("and this ends the last page.", 72, 72)
    blocks = found(header, line, piece("A Section", 72, 110, size=14), *prose(72, 140, 10), page_index=1)
    assert labels(blocks) == ["header", "text", "sub_title", "text"]


def test_text_that_begins_near_the_top_is_no_header():
    assert labels(found(*prose(72, 50, 30))) == ["text"]


def test_a_heading_at_the_top_is_no_header():
    blocks = found(piece("References", 72, 60, size=12, bold=True), *prose(72, 100, 10))
    assert labels(blocks) == ["sub_title", "text"]


@pytest.mark.parametrize(
    ("text", "style", "body"),
    [
        ("Results", {"size": 14}, "## Results"),
        ("Results", {"bold": True}, "### Results"),
        ("2 Results", {"size": 14}, "## 2 Results"),
        ("2.1 Details", {"bold": True}, "### 2.1 Details"),
        ("2.1.3 More", {"bold": True}, "#### 2.1.3 More"),
        ("2.1 In italics", {"italic": True}, "### 2.1 In italics"),
    ],
)
def test_headings_are_known_by_size_weight_and_number(text: str, style: dict[str, bool], body: str):
    blocks = found(*prose(72, 100, 5), piece(text, 72, 180, **style), *prose(72, 200, 5), page_index=3)
    assert [(block.label, block.body) for block in blocks[1:2]] == [("sub_title", body)]


@pytest.mark.parametrize("text", ["A bold sentence that ends with a full stop.", "N = 256 + 144 k", "1120"])
def test_not_all_that_is_bold_is_a_heading(text: str):
    blocks = found(*prose(72, 100, 5), piece(text, 72, 180, bold=True), *prose(72, 200, 5))
    assert "sub_title" not in labels(blocks)


def test_only_the_first_page_has_a_title():
    pieces = [piece("A Large Heading", 72, 90, size=20), *prose(72, 130, 10)]
    assert labels(found(*pieces, page_index=0))[0] == "title"
    assert labels(found(*pieces, page_index=1))[0] == "sub_title"


def test_paragraphs_are_parted_by_white_space():
    assert labels(found(*prose(72, 100, 4), *prose(72, 156, 4))) == ["text", "text"]


def test_paragraphs_are_parted_by_indentation():
    first = [piece(PROSE, 72, 100 + 12 * i, width=460) for i in range(3)]
    second = [piece(PROSE, 86, 136, width=446), *(piece(PROSE, 72, 148 + 12 * i, width=460) for i in range(3))]
    assert len(found(*first, *second)) == 2


def test_paragraphs_are_parted_after_a_short_last_line():
    assert len(found(*prose(72, 100, 4), *prose(72, 148, 4))) == 2


def test_bulleted_items_are_items_each_with_its_hanging_lines():
    items = [
        piece("• " + PROSE, 72, 100, width=460),
        piece("and goes on below", 84, 112),
        piece("• " + "Another one", 72, 124),
    ]
    blocks = found(*items)
    assert [(block.label, block.body) for block in blocks] == [
        ("list", f"- {PROSE} and goes on below"),
        ("list", "- Another one"),
    ]


def test_numbered_items_keep_their_numbers():
    blocks = found(*prose(72, 100, 3), piece("1. Count the pages.", 72, 148), piece("2. Keep the boxes.", 72, 160))
    assert [(block.label, block.body) for block in blocks[1:]] == [
        ("list", "1. Count the pages."),
        ("list", "2. Keep the boxes."),
    ]


def test_a_year_at_the_start_of_a_line_is_no_list():
    lines = [piece(PROSE, 72, 100, width=460), piece("12. It went on like this for years", 72, 112)]
    assert labels(found(*lines)) == ["text"]


def test_lines_in_one_font_of_equal_widths_are_code_as_it_stands():
    lines = ["for page in pages:", "print(page)", "```"]
    code = [
        piece(line, 72 + 20 * (i == 1), 160 + 12 * i, width=5 * len(line), monospaced=True)
        for i, line in enumerate(lines)
    ]
    blocks = found(*prose(72, 100, 4), *code)
    assert (blocks[1].label, blocks[1].body) == ("code", "````\nfor page in pages:\n    print(page)\n```\n````")


PICTURE = Rect(100, 300, 500, 450)


def test_a_caption_is_known_by_its_mark_or_its_neighbour():
    with_mark = piece("Figure 1: The steps.", 100, 460)
    beside = piece("Figure 2 shows the steps", 100, 460)
    for caption in (with_mark, beside):
        blocks = found(*prose(72, 100, 5), caption, *prose(72, 500, 5), pictures=(PICTURE,))
        assert labels(blocks) == ["text", "image", "image_caption", "text"]


def test_a_sentence_that_speaks_of_a_figure_is_no_caption():
    blocks = found(*prose(72, 100, 5), *[piece("Figure 2 shows the steps", 72, 180)], *prose(72, 192, 5))
    assert "image_caption" not in labels(blocks)


@pytest.mark.parametrize("caption", ["Table 3. Sizes", "TABLE IV: Sizes", "表 2：尺寸"])
def test_captions_of_tables_have_their_own_label(caption: str):
    blocks = found(*prose(72, 100, 5), piece(caption, 72, 200), *prose(72, 250, 5))
    assert labels(blocks) == ["text", "table_caption", "text"]


def test_numbers_in_a_chart_take_no_part_in_the_columns():
    left = [piece(PROSE[:40], 72, 100 + 12 * i, width=200) for i in range(30)]
    right = [piece(PROSE[:40], 320, 280 + 12 * i, width=200) for i in range(15)]
    numbers = [piece(str(100 * i), 330 + 20 * i, 110 + 16 * i) for i in range(8)]
    across = sorted([*left, *right, *numbers], key=lambda each: each.rect.y0)
    blocks = found(*across, pictures=(Rect(320, 100, 520, 260),))
    assert labels(blocks) == ["text", "text", "image", "text"]
    assert blocks[1].body == "0 100 200 300 400 500 600 700"


def test_text_that_runs_another_way_comes_last_and_disturbs_no_column():
    stamp = Piece("arXiv:2601.00001v1 [cs.CV]", Rect(20, 200, 40, 600), 20.0)
    blocks = found(*prose(72, 100, 10), aside=(stamp,))
    assert [block.body for block in blocks][1:] == ["arXiv:2601.00001v1 [cs.CV]"]


def test_raised_and_lowered_signs_stay_in_their_line():
    formula = [
        piece("N", 100, 300, width=7),
        piece("k", 107, 306, size=7, width=4),
        piece("= 16", 114, 300, width=20),
        piece("2", 134, 297, size=7, width=4),
        piece("+ 144", 141, 300, width=25),
    ]
    blocks = found(*prose(72, 100, 5), *formula)
    assert blocks[1].body == "Nk = 162 + 144"


def test_a_word_in_another_font_drawn_later_is_put_where_it_stands():
    word = piece("bold", 168, 112, width=20, bold=True)
    lines = [
        piece(PROSE, 72, 100, width=460),
        piece("the first half of it", 72, 112, width=93),
        piece("and the second half", 191, 112, width=95),
    ]
    (block,) = found(*lines, word)
    assert block.body.endswith("the first half of it bold and the second half")


def test_a_table_stands_between_the_paragraphs_around_it():
    across = [Rect(100, y, 300, y + 0.5) for y in (200.0, 220.0, 240.0)]
    down = [Rect(x, 200, x + 0.5, 240) for x in (100.0, 200.0, 300.0)]
    cells = [piece(text, x, y) for text, x, y in [("a", 110, 205), ("b", 210, 205), ("c", 110, 225), ("d", 210, 225)]]
    blocks = found(*prose(72, 100, 5), *cells, *prose(72, 280, 5), rulings=(*across, *down))
    assert labels(blocks) == ["text", "table", "text"]
    assert blocks[1].body.count("<td>") == 4
