from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from docling_core.types.doc import ContentLayer, DoclingDocument
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.errors import PageUnreadable, SourceNotFound
from ocr2_loaders.export import DOCLING, NO_FIGURES, Figure, Figures
from ocr2_loaders.sources.source import FailedSource, FileType
from ocr2_loaders.transcription import PageStatus
from tests.support.documents import document_pages, span
from tests.support.requests import source
from tests.support.results import block, page_result


def read(*pages: PageResult, figures: Figures = NO_FIGURES) -> DoclingDocument:
    """The document as docling itself reads it."""
    return DoclingDocument.model_validate_json(DOCLING.document(pages, figures))


def test_docling_writes_the_document_as_markdown() -> None:
    transcript = (
        span("title", "# Report")
        + span("sub_title", "## 1 Method")
        + span("text", "We measured.")
        + span("table", "<table><tr><th>name</th><th>size</th></tr><tr><td>a</td><td>1</td></tr></table>")
        + span("equation", r"\[ x^2 \]")
        + span("text", "3. three\n4. four")
    )
    markdown = read(*document_pages(transcript)).export_to_markdown()
    assert markdown.startswith("# Report\n\n## 1 Method\n\nWe measured.\n\n| name")
    assert "$$x^2$$" in markdown
    assert "3. three\n4. four" in markdown


def test_headings_are_the_parents_of_what_stands_under_them() -> None:
    first, second = document_pages(span("title", "# Report") + span("sub_title", "## 1 Method"), span("text", "Words."))
    document = read(first, second)
    report, method, words = document.texts
    assert words.parent is not None
    assert words.parent.resolve(document) is method
    assert method.parent is not None
    assert method.parent.resolve(document) is report


def test_a_caption_is_tied_to_its_table_and_shown_once() -> None:
    transcript = span("table_caption", "Table 1: sizes", "100, 70, 900, 90") + span(
        "table", "<table><tr><td>a</td></tr></table>"
    )
    document = read(*document_pages(transcript))
    (table,) = document.tables
    assert table.caption_text(document) == "Table 1: sizes"
    assert document.export_to_markdown().count("Table 1: sizes") == 1


def test_cells_have_their_places_and_spans() -> None:
    html = '<table><tr><td rowspan="2">a</td><td colspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></table>'
    (table,) = read(*document_pages(span("table", html))).tables
    assert (table.data.num_rows, table.data.num_cols) == (2, 3)
    assert [[cell.text for cell in row] for row in table.data.grid] == [["a", "b", "b"], ["a", "c", "d"]]


def test_places_are_points_from_the_top_left() -> None:
    (text,) = read(*document_pages(span("text", "words", "0, 333, 999, 999"))).texts
    (place,) = text.prov
    assert place.page_no == 1
    assert place.bbox.as_tuple() == pytest.approx((0.0, 400 / 3, 300.0, 400.0))
    assert place.bbox.coord_origin == "TOPLEFT"
    assert place.charspan == (0, 5)


def test_what_a_page_end_cut_is_one_item_with_two_places() -> None:
    upper = span("text", "The measurement was re-", "100, 800, 900, 980")
    lower = span("text", "peated in the summer.", "100, 20, 900, 60")
    (text,) = read(*document_pages(upper, lower)).texts
    assert text.text == "The measurement was repeated in the summer."
    assert [place.page_no for place in text.prov] == [1, 2]
    assert text.prov[0].charspan[1] == text.prov[1].charspan[0]
    assert text.prov[1].charspan[1] == len(text.text)


def test_running_headers_are_furniture() -> None:
    document = read(*document_pages(span("header", "Annual report") + span("text", "Body.")))
    header, body = document.texts
    assert (header.content_layer, header.label) == (ContentLayer.FURNITURE, "page_header")
    assert body.content_layer is ContentLayer.BODY
    assert "Annual report" not in document.export_to_markdown()


def test_a_failed_page_stands_in_its_place() -> None:
    failed = page_result(page_index=1, status=PageStatus.FAILED, error=PageUnreadable("the content stream ends early"))
    markdown = read(page_result(block(text="before")), failed).export_to_markdown()
    assert markdown.startswith("before\n\n[page 2 of report.pdf failed: the content stream ends early")


def test_a_saved_figure_is_linked(tmp_path: Path) -> None:
    Image.new("RGB", (30, 10)).save(tmp_path / "a b.png")
    figure = block((1, 2, 3, 4), label=BlockLabel.FIGURE, text="")
    saved = {figure.id: Figure(tmp_path / "a b.png", "report-figures/a%20b.png")}
    (picture,) = read(page_result(figure), figures=saved).pictures
    assert picture.image is not None
    assert str(picture.image.uri) == "report-figures/a b.png"
    assert (picture.image.size.width, picture.image.size.height) == (30, 10)


@pytest.mark.parametrize("file_type", FileType)
def test_files_of_every_kind_have_an_origin(file_type: FileType) -> None:
    document = read(page_result(block(), source=replace(source(), file_type=file_type, sha256="ff" * 32)))
    assert document.origin is not None
    assert document.origin.mimetype in {file_type.value, "application/octet-stream"}
    assert document.origin.filename == "report.pdf"


def test_a_source_that_cannot_be_had_is_a_document_too() -> None:
    error = SourceNotFound("nothing is there")
    page = page_result(
        source=FailedSource("a.pdf", "a.pdf", error), status=PageStatus.FAILED, error=error, width_pt=0.0
    )
    assert "nothing is there" in read(page).export_to_markdown()


@settings(max_examples=50)
@given(st.sampled_from(BlockLabel), st.text(st.characters(codec=None), max_size=60))
def test_any_text_of_any_kind_is_a_document_that_docling_reads(label: BlockLabel, text: str) -> None:
    read(page_result(block(label=label, text=text)))
