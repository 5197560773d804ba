from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
from docx.document import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.export import DOCX, NO_FIGURES, Figure
from ocr2_loaders.transcription import PageStatus
from tests.support.documents import document_pages, span
from tests.support.results import block, page_result

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(*pages: PageResult, figures: Mapping[str, Figure] = NO_FIGURES) -> Document:
    return docx.Document(BytesIO(DOCX.document(pages, figures)))


def styles_and_texts(document: Document) -> list[tuple[str, str]]:
    return [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs if paragraph.style]


def test_headings_are_headings_of_their_level() -> None:
    transcript = span("title", "# Report") + span("sub_title", "## 1 Method") + span("text", "We measured.")
    assert styles_and_texts(opened(*document_pages(transcript))) == [
        ("Heading 1", "Report"),
        ("Heading 2", "1 Method"),
        ("Normal", "We measured."),
    ]


def test_looks_of_words_are_kept() -> None:
    (paragraph,) = opened(page_result(block(text="**bold** H<sub>2</sub>O x<sup>2</sup> <i>i</i> <u>u</u>"))).paragraphs
    looks = {run.text: run.font for run in paragraph.runs if run.text.strip()}
    assert looks["bold"].bold
    assert [run.text for run in paragraph.runs if run.font.subscript] == ["2"]
    assert [run.text for run in paragraph.runs if run.font.superscript] == ["2"]
    assert looks["i"].italic
    assert looks["u"].underline


def test_spans_of_a_table_are_spans() -> None:
    html = (
        '<table><tr><th rowspan="2">a</th><th colspan="2">b</th></tr>'
        "<tr><th>c</th><th>d</th></tr><tr><td>1</td><td>2</td><td>3</td></tr></table>"
    )
    (table,) = opened(*document_pages(span("table", html))).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["a", "b", "b"],
        ["a", "c", "d"],
        ["1", "2", "3"],
    ]
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert table.cell(0, 1)._tc is table.cell(0, 2)._tc
    assert len(table._tbl.findall(f".//{W}tblHeader")) == 2


@settings(max_examples=30)
@given(st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=4), min_size=1, max_size=4))
def test_any_spans_make_a_table_with_one_width(rows: list[list[tuple[int, int]]]) -> None:
    """Word refuses files whose rows differ in width."""
    cells = ["".join(f'<td rowspan="{high}" colspan="{wide}">x</td>' for high, wide in row) for row in rows]
    html = "".join(f"<tr>{row}</tr>" for row in cells)
    document = opened(*document_pages(span("table", f"<table>{html}</table>")))
    for table in document.tables:
        widths = {sum(tc.grid_span for tc in row.tc_lst) for row in table._tbl.tr_lst}
        assert widths == {len(table.columns)}


def test_a_table_wider_than_word_allows_is_lines_of_text() -> None:
    row = "".join(f"<td>{number}</td>" for number in range(64))
    document = opened(*document_pages(span("table", f"<table><tr>{row}</tr></table>")))
    assert not document.tables
    assert document.paragraphs[0].text.split("\t") == [str(number) for number in range(64)]


def test_formulas_are_equations() -> None:
    transcript = span("equation", r"\[ \frac{a}{b} \]") + span("text", r"where \(x_1\) is")
    document = opened(*document_pages(transcript))
    displayed, inline = document.paragraphs
    assert displayed._p.find(f"{M}oMathPara/{M}oMath//{M}f") is not None
    assert inline._p.find(f"{M}oMath//{M}sSub") is not None


def test_latex_that_is_none_stays_as_it_was_read() -> None:
    (paragraph,) = opened(page_result(block(text=r"\(\left(a\)"))).paragraphs
    assert paragraph.text == r"\left(a"


def test_each_list_counts_from_where_the_page_does() -> None:
    transcript = (
        span("text", "3. c\n4. d") + span("text", "between") + span("text", "1. a\n2. b") + span("text", "- x\n- y")
    )
    document = opened(*document_pages(transcript))
    assert [style for style, _ in styles_and_texts(document)] == [
        *["List Number"] * 2,
        "Normal",
        *["List Number"] * 2,
        *["List Bullet"] * 2,
    ]
    numbers = [
        paragraph._p.pPr.numPr.numId.val for paragraph in document.paragraphs if paragraph.style.name == "List Number"
    ]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]
    numbering = document.part.numbering_part.element
    starts = {each.numId: [start.val for start in each.iter(f"{W}startOverride")] for each in numbering.num_lst}
    assert (starts[numbers[0]], starts[numbers[2]]) == ([3], [1])


def test_a_table_over_two_pages_is_one() -> None:
    head = "<tr><th>name</th><th>size</th></tr>"
    upper = span("table", f"<table>{head}<tr><td>a</td><td>1</td></tr></table>", "100, 700, 900, 980")
    lower = span("table", f"<table>{head}<tr><td>b</td><td>2</td></tr></table>", "100, 20, 900, 200")
    (table,) = opened(*document_pages(upper, lower)).tables
    assert [row.cells[0].text for row in table.rows] == ["name", "a", "b"]


def test_running_headers_are_left_out() -> None:
    transcript = span("header", "Annual report") + span("text", "Body.") + span("page_number", "7")
    assert styles_and_texts(opened(*document_pages(transcript))) == [("Normal", "Body.")]


def test_a_failed_page_stands_in_its_place() -> None:
    failed = page_result(page_index=1, status=PageStatus.FAILED, error=PageUnreadable("the content stream ends early"))
    document = opened(
        page_result(block(text="before")),
        failed,
        page_result(block(text="after", id="other", page_index=2), page_index=2),
    )
    texts = [text for _, text in styles_and_texts(document)]
    assert texts[0] == "before"
    assert "page 2 of report.pdf failed: the content stream ends early" in texts[1]
    assert texts[2] == "after"


def test_a_saved_figure_is_embedded_and_fits_the_page(tmp_path: Path) -> None:
    path = tmp_path / "figure.png"
    Image.new("RGB", (3000, 1000), "red").save(path)
    figure = block((1, 2, 3, 4), label=BlockLabel.FIGURE, text="")
    (shape,) = opened(page_result(figure), figures={figure.id: Figure(path, "figure.png")}).inline_shapes
    assert round(shape.width / shape.height, 2) == 3.0
    assert shape.width.inches <= 6.01


def test_a_figure_that_was_not_saved_leaves_a_line() -> None:
    figure = block((1, 2, 3, 4), label=BlockLabel.FIGURE, text="")
    assert styles_and_texts(opened(page_result(figure))) == [("Page Note", "[figure on page 1]")]


@settings(max_examples=30)
@given(st.text(st.characters(codec=None), max_size=80))
def test_any_text_can_be_written_and_opened(text: str) -> None:
    opened(page_result(block(text=text), block(text=text, label=BlockLabel.CODE)))


def test_equal_documents_are_equal_bytes() -> None:
    pages = document_pages(span("title", "# One") + span("text", "1. a\n2. b"))
    first = DOCX.document(pages)
    assert first == DOCX.document(pages)
    assert {entry.date_time for entry in ZipFile(BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
