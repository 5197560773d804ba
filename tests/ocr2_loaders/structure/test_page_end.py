"""Paragraphs and tables that run over a page end are known as such."""

from __future__ import annotations

import pytest

from ocr2_loaders.blocks import PageResult, PageStatus
from ocr2_loaders.structure import structured_pages
from tests.support.marked_pages import Place, page_of, pages_of, spans

LOW: Place = (100, 600, 900, 940)
HIGH: Place = (100, 60, 900, 300)
LONG = "Moss grows on the northern side of every wall and roof that is wet and cold and in the shade of the"


def table(*rows: str) -> str:
    """A table of rows with `|` between the cells."""
    cells = ("".join(f"<td>{cell}</td>" for cell in row.split("|")) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in cells)}</table>"


def joins(pages: list[PageResult]) -> list[tuple[str, str, int]]:
    """(text that goes on, text it goes on with, repeated rows), each cut to its first word."""
    structured = [b for page in structured_pages(pages) for b in page.blocks]
    texts = {b.block.id: b.block.text for b in structured}
    return [
        (texts[b.continues_id].split()[0], b.block.text.split()[0], b.num_repeated_header_rows)
        for b in structured
        if b.continues_id
    ]


def is_joined(upper: str, lower: str, *, labels: tuple[str, str] = ("text", "text")) -> bool:
    return bool(joins(pages_of(spans((labels[0], upper)), spans((labels[1], lower)))))


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("Moss grows in the", "shade of walls."),
        ("Moss is in-", "finite."),
        (LONG, "United Kingdom and elsewhere."),
        (LONG, "1980s were a good time."),
        ("苔藓生长在墙的北侧，", "因为那里阴凉。"),
        ("苔藓生长在墙的", "北侧。"),
        (r"Moss of size \( x \)", "is rare."),
    ],
)
def test_a_sentence_that_stops_in_the_middle_goes_on(upper: str, lower: str) -> None:
    assert is_joined(upper, lower)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("Moss grows.", "it does."),
        ("Moss grows?”", "he asked"),
        ("苔藓生长。", "因为那里阴凉。"),
        ("Moss is found on:", "walls"),
        ("Hill Street 3", "Walltown"),
        ("Moss grows in the", "- shade"),
        ("Moss grows in the", "a) shade"),
        ("Moss grows in the", "(2) shade"),
    ],
)
def test_a_sentence_that_ends_does_not(upper: str, lower: str) -> None:
    assert not is_joined(upper, lower)


def test_headings_formulas_and_code_stand_alone() -> None:
    assert not is_joined("## Moss in the", "shade of walls", labels=("sub_title", "text"))
    assert not is_joined("Moss in the", "## shade of walls", labels=("text", "sub_title"))
    assert not is_joined(r"\[ x \]", "of walls", labels=("equation", "text"))


def test_a_list_and_a_reference_go_on_in_small_letters_only() -> None:
    assert is_joined("- moss\n- lichen in the", "shade", labels=("list", "text"))
    assert is_joined("[1] A. Lichen, On moss in", "northern towns, 1980.", labels=("reference", "text"))
    assert not is_joined(f"- moss\n- {LONG}", "Shade", labels=("list", "text"))


def test_figures_tables_notes_and_running_lines_do_not_part_a_paragraph() -> None:
    upper = spans(
        ("text", "Moss grows in the", (100, 100, 900, 500)),
        ("image", "", (100, 510, 900, 700)),
        ("image_caption", "Figure 1: A wall", (100, 710, 900, 730)),
        ("footnote", "1 On the northern side.", (100, 850, 900, 870)),
        ("page_number", "7", (480, 960, 520, 975)),
    )
    lower = spans(
        ("header", "Moss Weekly", (100, 30, 900, 45)),
        ("table", table("1|2"), (100, 60, 900, 90)),
        ("text", "shade.", (100, 100, 900, 120)),
    )
    assert joins(pages_of(upper, lower)) == [("Moss", "shade.", 0)]


def test_text_that_reads_like_a_caption_parts_no_paragraph() -> None:
    lower = spans(("text", "Figure 2: A roof that"), ("text", "shade."))
    assert joins(pages_of(spans(("text", "Moss grows in the")), lower)) == [("Moss", "shade.", 0)]


FIGURE = spans(("image", "", HIGH), ("image_caption", "Figure 1: A wall", (100, 310, 900, 330)))


@pytest.mark.parametrize(
    ("between", "is_one"),
    [([], True), ([FIGURE], True), (["", FIGURE], True), ([FIGURE] * 3, False), (["# Moss"], False)],
)
def test_a_page_or_two_of_figures_do_not_part_a_paragraph(between: list[str], is_one: bool) -> None:
    pages = pages_of(spans(("text", "Moss grows in the")), *between, spans(("text", "shade.")))
    assert bool(joins(pages)) is is_one


def test_nobody_knows_what_a_failed_page_holds() -> None:
    upper, lower = page_of(0, spans(("text", "Moss grows in the"))), page_of(2, spans(("text", "shade.")))
    assert not joins([upper, page_of(1, "", status=PageStatus.FAILED), lower])
    assert joins([upper, page_of(1, "", status=PageStatus.BLANK), lower])


def test_pages_that_do_not_follow_on_each_other_are_not_joined() -> None:
    assert not joins([page_of(0, spans(("text", "Moss grows in the"))), page_of(2, spans(("text", "shade.")))])


def tables_joined(
    upper: str, lower: str, *, caption: str | None = None, place: Place = HIGH
) -> list[tuple[str, str, int]]:
    above = [("table_caption", caption, (100, 40, 900, 55))] if caption else []
    return joins(pages_of(spans(("table", upper, LOW)), spans(*above, ("table", lower, place))))


def test_a_table_goes_on_with_a_table_of_as_many_columns() -> None:
    assert tables_joined(table("Wall|Cover", "a|0.4"), table("b|0.5", "c|0.6")) == [("Wall", "b", 0)]
    assert tables_joined(table("Wall|Cover", "a|0.4"), table("b|0.5|7", "c|0.6|8")) == []


def test_a_repeated_head_is_counted() -> None:
    upper, lower = table("Wall|Cover", "a|0.4"), table("Wall|Cover", "b|0.5")
    assert tables_joined(upper, lower) == [("Wall", "Wall", 1)]


def test_another_head_begins_another_table() -> None:
    assert tables_joined(table("Wall|Cover", "a|0.4"), table("Roof|Age", "b|50")) == []


def test_a_caption_begins_another_table_unless_it_says_otherwise() -> None:
    upper, lower = table("Wall|Cover", "a|0.4"), table("Wall|Cover", "b|0.5")
    assert tables_joined(upper, lower, caption="Table 2: More walls") == []
    assert tables_joined(upper, lower, caption="Table 1 (continued)") == [("Wall", "Wall", 1)]
    assert tables_joined(upper, lower, caption="Tabelle 1 (Fortsetzung)") == [("Wall", "Wall", 1)]


def test_a_table_further_down_or_with_other_edges_is_another_one() -> None:
    upper, lower = table("a|0.4", "b|0.5"), table("c|0.6", "d|0.7")
    assert tables_joined(upper, lower, place=(100, 500, 900, 800)) == []
    assert tables_joined(upper, lower, place=(300, 60, 600, 200)) == []


def test_text_behind_a_table_ends_it() -> None:
    walls = ("table", table("a|0.4", "b|0.5"), (100, 500, 900, 800))
    upper = spans(walls, ("text", "Moss grows.", (100, 850, 900, 870)))
    assert joins(pages_of(upper, spans(("table", table("c|0.6"), HIGH)))) == []


def test_a_table_over_many_pages_repeats_the_head_of_its_first_part() -> None:
    first = spans(("table", table("Wall|Cover", "a|0.4"), LOW))
    middle = spans(("table", table("b|0.5", "c|0.6"), (100, 60, 900, 940)))
    last = spans(("table", table("Wall|Cover", "d|0.7"), HIGH))
    assert joins(pages_of(first, middle, middle, last)) == [("Wall", "b", 0), ("b", "b", 0), ("b", "Wall", 1)]


def test_another_head_behind_parts_without_one_begins_another_table() -> None:
    first = spans(("table", table("Wall|Cover", "a|0.4"), LOW))
    middle = spans(("table", table("b|0.5", "c|0.6"), (100, 60, 900, 940)))
    other = spans(("table", table("Roof|Age", "d|70"), HIGH))
    assert joins(pages_of(first, middle, other)) == [("Wall", "b", 0)]


def test_a_head_that_spans_into_the_rows_below_is_kept() -> None:
    upper = "<table><tr><td rowspan=2>Wall</td><td>Cover</td></tr><tr><td>7</td></tr></table>"
    assert tables_joined(upper, upper) == [("Wall", "Wall", 0)]
