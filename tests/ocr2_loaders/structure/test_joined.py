"""What a page end cut is one block again, and can be taken apart."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.structure import StructuredPage, joined_blocks, structured_pages
from tests.support.marked_pages import Place, a_source, page_of, pages_of, spans

LOW, HIGH = (100, 600, 900, 940), (100, 60, 900, 300)
HEAD = "<tr><td>Wall</td><td>Cover</td></tr>"


def cover(*rows: str, head: str = HEAD) -> str:
    return f"<table>{head}{''.join(f'<tr><td>{row}</td><td>0.4</td></tr>' for row in rows)}</table>"


def test_a_paragraph_is_one_with_its_parts_and_pages() -> None:
    pages = list(structured_pages(pages_of(spans(("text", "Moss grows in-")), spans(("text", "finitely.")))))
    (joined,) = joined_blocks(pages)
    assert joined.text == joined.markdown == "Moss grows infinitely."
    assert joined.pages == tuple(pages)
    assert [block.page_index for block in joined.blocks] == [0, 1]
    assert joined.id == pages[0].blocks[0].block.id
    assert joined.table is None
    assert joined.row_parts == ()


def test_a_table_is_one_and_every_row_knows_its_page() -> None:
    parts = [("table", cover("a", "b"), LOW), ("table", cover("c"), HIGH)]
    (joined,) = joined_blocks(structured_pages(pages_of(*map(spans, parts))))
    assert joined.table
    assert joined.table.rows == (("Wall", "Cover"), ("a", "0.4"), ("b", "0.4"), ("c", "0.4"))
    assert joined.table.num_header_rows == 1
    assert joined.table.html == joined.markdown == cover("a", "b", "c")
    assert joined.text == "Wall\tCover\na\t0.4\nb\t0.4\nc\t0.4"
    assert joined.row_parts == (0, 0, 0, 1)
    assert [joined.blocks[part].page_index for part in joined.row_parts] == [0, 0, 0, 1]


def test_blocks_keep_their_order_and_running_ones_are_left_out() -> None:
    upper = spans(
        ("header", "Moss Weekly", (100, 30, 900, 45)),
        ("text", "Moss grows in the", (100, 100, 900, 500)),
        ("footnote", "1 Or not.", (100, 900, 900, 920)),
    )
    lower = spans(("text", "shade.", (100, 60, 900, 80)), ("text", "Lichen.", (100, 100, 900, 120)))
    texts = [joined.text for joined in joined_blocks(structured_pages(pages_of(upper, lower)))]
    assert texts == ["Moss grows in the shade.", "1 Or not.", "Lichen."]


def test_documents_are_never_joined_with_each_other() -> None:
    pages = [
        page_of(0, spans(("text", "Moss in")), a_source("a")),
        page_of(1, spans(("text", "walls.")), a_source("b")),
    ]
    assert [joined.text for joined in joined_blocks(structured_pages(pages))] == ["Moss in", "walls."]


def test_a_part_whose_beginning_was_left_out_keeps_its_head() -> None:
    parts = [("table", cover("a", "b"), LOW), ("table", cover("c"), HIGH)]
    _, lower = structured_pages(pages_of(*map(spans, parts)))
    assert lower.blocks[0].num_repeated_header_rows == 1
    (joined,) = joined_blocks([lower])
    assert joined.markdown == cover("c")
    assert joined.row_parts == (0, 0)


def test_a_page_comes_out_once_the_next_one_has_text() -> None:
    first, second, third = structured_pages(
        pages_of(spans(("text", "One.")), spans(("image", "", LOW)), spans(("text", "Two.")))
    )
    drawn = []

    def recorded() -> object:
        for page in (first, second, third):
            drawn.append(page.page.page_index)
            yield page

    joined = joined_blocks(recorded())  # type: ignore[arg-type]  # a generator of pages
    assert next(joined).text == "One."
    assert drawn == [0, 1, 2]


def test_a_table_without_end_comes_in_pieces() -> None:
    page = spans(("table", cover("a", "b", head=""), (100, 60, 900, 940)))
    pages = structured_pages(page_of(index, page) for index in range(250))
    lengths = [len(joined.parts) for joined in joined_blocks(pages)]
    assert sum(lengths) == 250
    assert max(lengths) == 100


PARTS = st.sampled_from(
    [
        ("text", "Moss grows in the", (100, 100, 900, 880)),
        ("text", "shade of walls and", (100, 60, 900, 900)),
        ("text", "Moss.", (100, 100, 900, 150)),
        ("text", "Moss Weekly 7", (100, 30, 900, 45)),
        ("header", "Moss", (100, 30, 900, 45)),
        ("sub_title", "## 1 Moss", (100, 100, 900, 120)),
        ("table", cover("a", "b"), (100, 60, 900, 940)),
        ("table", "<table><tr><td>1</td><td>2</td></tr></table>", (100, 60, 900, 940)),
        ("table_caption", "Table 1: Moss", (100, 40, 900, 55)),
        ("image", "", (100, 100, 900, 400)),
        ("footnote", "1 On moss", (100, 900, 900, 920)),
    ]
)
Document = list[list[tuple[str, str, Place]]]
DOCUMENTS = st.lists(st.lists(PARTS, max_size=4), max_size=6)


def structured(document: Document) -> list[StructuredPage]:
    return list(structured_pages(pages_of(*(spans(*parts) for parts in document))))


@given(DOCUMENTS)
def test_every_part_of_the_text_is_in_one_joined_block(
    document: Document,
) -> None:
    pages = structured(document)
    wholes = list(joined_blocks(pages))
    shown = [b.block.id for page in pages for b in page.blocks if not b.is_running]
    assert sorted(part.block.id for whole in wholes for part in whole.parts) == sorted(shown)
    assert [whole.id for whole in wholes] == sorted((whole.id for whole in wholes), key=shown.index)


@given(DOCUMENTS)
def test_joining_can_be_undone(document: Document) -> None:
    pages = structured(document)
    parts = {part.block.id: part for whole in joined_blocks(pages) for part in whole.parts}
    again = [tuple(parts.get(b.block.id, b) for b in page.blocks) for page in pages]
    assert again == [page.blocks for page in pages]


@given(DOCUMENTS)
def test_rows_and_lines_of_a_joined_table_belong_together(
    document: Document,
) -> None:
    for whole in joined_blocks(structured(document)):
        if table := whole.table:
            assert len(table.rows) == len(whole.row_parts) == table.html.count("<tr>") == len(whole.text.split("\n"))
            kept = list(chain.from_iterable(b.table.rows for b in whole.blocks if b.table))
            assert set(table.rows) == set(kept)
