from __future__ import annotations

import json
from typing import Any

from model_runtime.engines.unstructured.element import ELEMENTS
from model_runtime.engines.unstructured.markup import markup
from ocr2_loaders.blocks import blocks_of
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.export import UNSTRUCTURED
from ocr2_loaders.transcription import PageStatus
from tests.support.documents import document_pages, span
from tests.support.results import block, page_result


def elements(*pages: PageResult) -> list[dict[str, Any]]:
    return json.loads(UNSTRUCTURED.document(pages))


def of_type(kind: str, *pages: PageResult) -> list[dict[str, Any]]:
    return [element for element in elements(*pages) if element["type"] == kind]


TRANSCRIPT = (
    span("title", "# Report")
    + span("sub_title", "## 1 Method")
    + span("text", "We measured.")
    + span("table", "<table><tr><td>a</td><td>b</td></tr></table>")
    + span("table_caption", "Table 1: sizes", "100, 210, 900, 230")
    + span("equation", r"\[ x \]")
    + span("text", "- one\n  - two")
)


def test_an_element_has_the_four_keys_of_the_api() -> None:
    for element in elements(*document_pages(TRANSCRIPT)):
        assert list(element) == ["type", "element_id", "text", "metadata"]
        assert {"filename", "filetype", "page_number"} <= set(element["metadata"])
        assert None not in element["metadata"].values()


def test_blocks_are_elements_in_their_order() -> None:
    kinds = [element["type"] for element in elements(*document_pages(TRANSCRIPT))]
    assert kinds == ["Title", "Title", "NarrativeText", "Table", "FigureCaption", "Formula", "ListItem", "ListItem"]


def test_ids_are_unique_and_stay() -> None:
    ids = [element["element_id"] for element in elements(*document_pages(TRANSCRIPT, TRANSCRIPT))]
    assert len(set(ids)) == len(ids)
    assert ids == [element["element_id"] for element in elements(*document_pages(TRANSCRIPT, TRANSCRIPT))]


def test_a_parent_is_the_heading_above_over_page_ends_too() -> None:
    first, second = document_pages(
        span("title", "# Report") + span("sub_title", "## 1 Method"), span("text", "We measured.")
    )
    report, method, text = elements(first, second)
    assert "parent_id" not in report["metadata"]
    assert method["metadata"]["parent_id"] == report["element_id"]
    assert text["metadata"]["parent_id"] == method["element_id"]
    assert (report["metadata"]["category_depth"], method["metadata"]["category_depth"]) == (0, 1)


def test_the_parent_of_a_caption_is_what_it_is_about() -> None:
    pages = document_pages(TRANSCRIPT)
    (caption,), (table,) = of_type("FigureCaption", *pages), of_type("Table", *pages)
    assert caption["metadata"]["parent_id"] == table["element_id"]


def test_coordinates_are_pixels_from_the_top_left() -> None:
    (text,) = elements(*document_pages(span("text", "words", "0, 999, 999, 999")))
    assert text["metadata"]["coordinates"] == {
        "points": [[0.0, 800.0], [0.0, 800.0], [600.0, 800.0], [600.0, 800.0]],
        "system": "PixelSpace",
        "layout_width": 600,
        "layout_height": 800,
    }


def test_a_table_has_its_html() -> None:
    (table,) = of_type("Table", *document_pages(TRANSCRIPT))
    assert table["metadata"]["text_as_html"] == "<table><tr><td>a</td><td>b</td></tr></table>"
    assert table["text"] == "a\tb"


def test_every_item_of_a_list_is_an_element_with_its_depth() -> None:
    items = of_type("ListItem", *document_pages(TRANSCRIPT))
    assert [(item["text"], item["metadata"]["category_depth"]) for item in items] == [("one", 0), ("two", 1)]


def test_a_failed_page_is_an_element_that_says_so() -> None:
    failed = page_result(page_index=1, status=PageStatus.FAILED, error=PageUnreadable("the content stream ends early"))
    _, told = elements(page_result(block()), failed)
    assert "page 2 of report.pdf failed: the content stream ends early" in told["text"]
    assert told["metadata"]["page_number"] == 2


def test_what_reads_the_api_here_reads_this_too() -> None:
    """The engine that asks Unstructured's API checks every answer by its own types; its markup becomes equal blocks."""
    pages = document_pages(TRANSCRIPT)
    read = markup(ELEMENTS.validate_python(elements(*pages)), 600, 800)
    again = [
        block for block in blocks_of(read, page_index=0, file_sha256="0" * 64) if block.label is not BlockLabel.LIST
    ]
    known = [block for block in pages[0].blocks if block.label is not BlockLabel.LIST]
    assert [(each.text, each.boxes) for each in again] == [(each.text, each.boxes) for each in known]
