"""Captions find their tables and figures, wherever they stand beside them."""

from __future__ import annotations

from ocr2_loaders.structure.captions import caption_links
from tests.support.marked_pages import Place, page_of, spans

Part = tuple[str, str] | tuple[str, str, Place]
TABLE = "<table><tr><td>1</td><td>2</td></tr></table>"


def links(*parts: Part) -> list[tuple[int, int]]:
    """(caption, target) by reading order."""
    blocks = page_of(0, spans(*parts)).blocks
    order = {block.id: block.reading_order for block in blocks}
    found = caption_links(blocks).captioned_by
    return sorted((order[caption], order[target]) for caption, targets in found.items() for target in targets)


def test_a_caption_belongs_to_what_stands_right_above_or_below_it() -> None:
    parts = [
        ("table_caption", "Table 1: Walls", (100, 100, 900, 120)),
        ("table", TABLE, (100, 130, 900, 300)),
        ("image", "", (100, 400, 900, 600)),
        ("image_caption", "Figure 1: A wall", (100, 610, 900, 630)),
    ]
    assert links(*parts) == [(0, 1), (3, 2)]


def test_a_caption_may_stand_beside_its_figure() -> None:
    parts = [("image", "", (100, 100, 600, 400)), ("image_caption", "Figure 1", (620, 200, 900, 300))]
    assert links(*parts) == [(1, 0)]


def test_the_words_of_a_caption_count_for_more_than_its_label() -> None:
    parts = [
        ("table", TABLE, (100, 100, 900, 300)),
        ("figure_title", "Table 2: Moss", (100, 310, 900, 330)),
        ("image", "", (100, 340, 900, 600)),
    ]
    assert links(*parts) == [(1, 0)]


def test_figures_in_a_row_share_the_caption_below_them() -> None:
    row = [("image", "", (left, 100, left + 240, 300)) for left in (100, 360, 620)]
    assert links(*row, ("image_caption", "Figure 1: Three walls", (100, 310, 860, 330))) == [(3, 0), (3, 1), (3, 2)]
    assert links(*row, ("image_caption", "Figure 1", (430, 310, 530, 330))) == [(3, 0), (3, 1), (3, 2)]


def test_figures_in_a_row_with_captions_of_their_own_share_none() -> None:
    parts = [
        ("image", "", (100, 100, 400, 300)),
        ("image", "", (450, 100, 800, 300)),
        ("image_caption", "Figure 1", (100, 310, 400, 330)),
        ("image_caption", "Figure 2", (450, 310, 800, 330)),
    ]
    assert links(*parts) == [(2, 0), (3, 1)]


def test_parts_of_a_figure_have_their_letters_and_share_the_rest() -> None:
    parts = [
        ("image", "", (100, 100, 400, 300)),
        ("image", "", (420, 100, 720, 300)),
        ("image_caption", "(a) north", (100, 305, 400, 320)),
        ("image_caption", "（b）south", (420, 305, 720, 320)),
        ("image_caption", "Figure 1: Walls", (100, 330, 720, 350)),
    ]
    assert links(*parts) == [(2, 0), (3, 1), (4, 0), (4, 1)]


def test_a_table_has_its_title_in_two_languages_and_its_note() -> None:
    parts = [
        ("table_caption", "表 1 墙", (100, 100, 900, 115)),
        ("table_caption", "Table 1 Walls", (100, 118, 900, 130)),
        ("table", TABLE, (100, 135, 900, 300)),
        ("table_footnote", "Means of ten walls", (100, 305, 900, 320)),
    ]
    assert links(*parts) == [(0, 2), (1, 2), (3, 2)]
    blocks = page_of(0, spans(*parts)).blocks
    assert caption_links(blocks).captions_of == {blocks[2].id: (blocks[0].id, blocks[1].id)}


def test_text_that_reads_like_a_caption_is_one_where_it_stands_close() -> None:
    figure = ("image", "", (100, 100, 900, 300))
    assert links(figure, ("text", "Figure 3: A wall", (100, 310, 900, 330))) == [(1, 0)]
    assert links(figure, ("text", "Figure 3: A wall", (100, 610, 900, 630))) == []
    assert links(figure, ("text", "Figure 3 shows that moss grows", (100, 310, 900, 330))) == []


def test_a_caption_far_from_everything_belongs_to_nothing() -> None:
    assert links(("image", "", (100, 100, 900, 200)), ("image_caption", "Figure 9", (100, 800, 900, 820))) == []
    assert links(("image_caption", "Figure 9", (100, 800, 900, 820))) == []


def test_the_model_writes_a_caption_within_its_table() -> None:
    transcript = (
        "<|ref|>table<|/ref|><|det|>[[100, 300, 900, 500]]<|/det|>\n"
        "<|ref|>table_caption<|/ref|><|det|>[[100, 250, 900, 290]]<|/det|>\nTable 1. Walls\n\n" + TABLE
    )
    table, caption = page_of(0, transcript).blocks
    assert caption_links((table, caption)).captions_of == {table.id: (caption.id,)}


def test_without_boxes_the_order_tells() -> None:
    transcript = "<|ref|>image<|/ref|>\n\n<|ref|>image_caption<|/ref|>\nFigure 1\n\n<|ref|>text<|/ref|>\nMoss."
    blocks = page_of(0, transcript).blocks
    assert all(not block.boxes for block in blocks)
    found = caption_links(blocks).captioned_by
    assert [len(targets) for targets in found.values()] == [1] * len(found)
