"""Flat metadata: what it says, and what vector stores and frameworks demand of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.box import GRID, GridBox
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.chunks import Chunk, PageBox
from ocr2_loaders.errors import PageTimeout
from ocr2_loaders.export.metadata import (
    BOOKKEEPING_KEYS,
    CATEGORIES,
    KEYS,
    block_metadata,
    chunk_metadata,
    document_metadata,
    page_metadata,
)
from ocr2_loaders.sources.source import FileType, Source
from ocr2_loaders.structure import StructuredBlock
from ocr2_loaders.transcription import PageStatus
from tests.support.results import changed, failed_source_result, table_block, text_block, third_page

SPAN = st.tuples(st.integers(0, GRID), st.integers(0, GRID)).map(sorted)
BOXES = st.lists(st.builds(lambda x, y: GridBox(x[0], y[0], x[1], y[1]), SPAN, SPAN), max_size=3)


def blocks() -> st.SearchStrategy[Block]:
    return st.builds(
        Block,
        id=st.uuids().map(str),
        label=st.sampled_from(BlockLabel),
        model_label=st.none() | st.text(max_size=5),
        text=st.text(max_size=20),
        markdown=st.text(max_size=20),
        boxes=BOXES.map(tuple),
        page_index=st.just(2),
        reading_order=st.integers(0, 99),
        heading_level=st.none() | st.integers(1, 6),
        table=st.none(),
    )


def test_a_page_says_its_file_its_place_and_its_status() -> None:
    assert page_metadata(third_page(text_block("Words"))) == {
        "source": "report.pdf",
        "file_path": "report.pdf",
        "file_name": "report.pdf",
        "file_type": "application/pdf",
        "file_sha256": "0" * 64,
        "total_pages": 7,
        "page": 2,
        "page_number": 3,
        "page_label": "3",
        "page_width": 595.2756,
        "page_height": 841.8898,
        "page_status": "ok",
        "engine": "replay",
        "model": "recordings",
        "schema_version": 1,
    }


def test_a_block_adds_its_kind_its_place_and_its_box() -> None:
    block = replace(text_block("Results", 4), label=BlockLabel.HEADING, heading_level=2)
    page = third_page(block)
    structured = StructuredBlock(block, ("Methods", "Results"), heading_level=2)
    metadata = block_metadata(page, structured, parent_id="the-id-of-methods")
    added = {key: value for key, value in metadata.items() if key not in page_metadata(page)}
    assert added == {
        "category": "Title",
        "block_type": "heading",
        "element_id": block.id,
        "parent_id": "the-id-of-methods",
        "reading_order": 4,
        "heading_path": "Methods > Results",
        "heading_level": 2,
        "bbox_x0": 0.1001,
        "bbox_y0": 0.0501,
        "bbox_x1": 0.9009,
        "bbox_y1": 0.0801,
        "coord_system": "relative-topleft",
    }


def test_a_table_carries_its_html() -> None:
    block = table_block()
    assert block.table is not None
    assert block_metadata(third_page(block), StructuredBlock(block))["text_as_html"] == block.table.html


def test_several_boxes_are_listed_and_the_single_box_holds_them_all() -> None:
    block = text_block("Over two columns", boxes=(GridBox(0, 500, 400, 999), GridBox(500, 0, 900, 300)))
    metadata = block_metadata(third_page(block), StructuredBlock(block))
    assert json.loads(str(metadata["bboxes_json"])) == [[0.0, 0.5005, 0.4004, 1.0], [0.5005, 0.0, 0.9009, 0.3003]]
    assert [metadata[f"bbox_{corner}"] for corner in ("x0", "y0", "x1", "y1")] == [0.0, 0.0, 0.9009, 1.0]


def test_a_block_without_a_box_says_nothing_of_coordinates() -> None:
    block = text_block("Before the first tag", boxes=())
    assert not [
        key for key in block_metadata(third_page(block), StructuredBlock(block)) if key.startswith(("bbox", "coord"))
    ]


def test_a_printed_page_label_is_kept_beside_the_page_number() -> None:
    metadata = page_metadata(changed(third_page(), page_label="iv"))
    assert (metadata["page_label"], metadata["page_number"], metadata["page"]) == ("iv", 3, 2)


def test_a_failed_page_says_why() -> None:
    error = PageTimeout("the page took longer than 30 s", hint="raise page_timeout_s")
    page = changed(third_page(status=PageStatus.FAILED), error=error, engine=None, width_pt=0.0, height_pt=0.0)
    metadata = page_metadata(page)
    assert metadata["page_status"] == "failed"
    assert metadata["error_type"] == "PageTimeout"
    assert metadata["error"] == "the page took longer than 30 s; raise page_timeout_s"
    assert "page_width" not in metadata


def test_a_source_that_cannot_be_had_has_no_file_facts() -> None:
    metadata = page_metadata(failed_source_result())
    assert {"source", "file_name", "page_status", "error_type"} <= metadata.keys()
    assert not {"file_path", "file_type", "file_sha256", "total_pages", "engine"} & metadata.keys()


def test_only_a_local_file_has_a_file_path() -> None:
    fetched = Source(Path("copy-1.pdf"), "a.pdf", "https://example.org/a.pdf", FileType.PDF, 9, "0" * 64)
    metadata = page_metadata(changed(third_page(), source=fetched))
    assert metadata["source"] == "https://example.org/a.pdf"
    assert "file_path" not in metadata


def test_a_local_file_has_the_path_it_was_asked_for_by() -> None:
    opened = Source(Path("papers/a.pdf").absolute(), "a.pdf", "papers/a.pdf", FileType.PDF, 9, "0" * 64)
    assert page_metadata(changed(third_page(), source=opened))["file_path"] == "papers/a.pdf"


def test_the_same_bytes_elsewhere_differ_in_their_place_alone() -> None:
    here = third_page(text_block("Words"))
    there = changed(here, source=replace(here.source, path=Path("b/r.pdf"), uri="b/r.pdf"))
    one, other = (block_metadata(page, StructuredBlock(page.blocks[0])) for page in (here, there))
    assert {key for key in one if one[key] != other[key]} == {"source", "file_path"}
    assert here.id == there.id


def test_a_file_name_that_is_not_utf8_can_still_be_stored() -> None:
    named = replace(third_page().source, name="caf\udce9.pdf")
    assert page_metadata(changed(third_page(), source=named))["file_name"] == "caf\\udce9.pdf"


@given(block=blocks())
def test_values_are_plain_and_present(block: Block) -> None:
    metadata = block_metadata(third_page(block), StructuredBlock(block))
    assert {type(value) for value in metadata.values()} <= {str, int, float, bool}
    assert json.loads(json.dumps(metadata, allow_nan=False)) == metadata
    "".join(map(str, metadata.values())).encode("utf-8")


@given(block=blocks())
def test_keys_stand_in_one_order_whatever_is_missing(block: Block) -> None:
    present = list(block_metadata(third_page(block), StructuredBlock(block)))
    assert present == [key for key in KEYS if key in present]


@given(block=blocks())
def test_floats_have_four_decimals(block: Block) -> None:
    values = block_metadata(third_page(block), StructuredBlock(block)).values()
    assert all(value == round(value, 4) for value in values if isinstance(value, float))


def test_every_fact_that_is_gathered_has_a_key() -> None:
    block = replace(table_block(), boxes=(GridBox(0, 0, 1, 1), GridBox(2, 2, 3, 3)), confidence=0.5)
    page = changed(third_page(block), error=PageTimeout("late"), page_label="3", turned_deg=90.0)
    structured = StructuredBlock(block, ("Results",), heading_level=1)
    of_block = block_metadata(page, structured, caption="Table 1", parent_id="above")
    of_chunk = chunk_metadata(chunk(page, notes=("cut between words",)))
    assert {*of_block, *of_chunk, *page_metadata(page, header="Journal", footer="7")} == set(KEYS)


def test_what_is_read_is_where_the_words_stand_and_what_they_are_about() -> None:
    assert set(KEYS) - set(BOOKKEEPING_KEYS) == {"file_name", "page_number", "page_label", "heading_path", "caption"}


def chunk(*pages: PageResult, **changes: Any) -> Chunk:
    """A chunk with the boxes of all blocks of these pages, unless the changes say otherwise."""
    boxes = tuple(PageBox(page.page_index, box) for page in pages for block in page.blocks for box in block.boxes)
    return replace(Chunk("chunk-id", "Words", "Words", pages, boxes=boxes), **changes)


def test_a_chunk_says_its_headings_its_kind_and_what_it_is_under() -> None:
    page = third_page(text_block("Words"))
    metadata = chunk_metadata(
        chunk(page, heading_path=("2  Method", "2.1\nData"), label=BlockLabel.TEXT), parent_id="m"
    )
    assert metadata.items() >= page_metadata(page).items()
    assert (metadata["element_id"], metadata["parent_id"]) == ("chunk-id", "m")
    assert (metadata["category"], metadata["block_type"]) == ("NarrativeText", "text")
    assert metadata["heading_path"] == "2 Method > 2.1 Data"
    assert metadata["page_end"] == metadata["page_number"] == 3


def test_a_chunk_of_several_kinds_has_a_category_and_no_block_type() -> None:
    metadata = chunk_metadata(chunk(third_page(text_block("Words"), table_block())))
    assert metadata["category"] == "CompositeElement"
    assert "block_type" not in metadata


def test_a_chunk_over_a_page_end_is_placed_on_its_first_page_and_lists_the_boxes_of_all() -> None:
    first = third_page(text_block("Words", boxes=(GridBox(0, 0, 999, 999),)))
    second = changed(first, page_index=3, status=PageStatus.TRUNCATED)
    metadata = chunk_metadata(chunk(first, second))
    assert (metadata["page_number"], metadata["page_end"], metadata["page_status"]) == (3, 4, "truncated")
    assert [metadata[f"bbox_{corner}"] for corner in ("x0", "y0", "x1", "y1")] == [0.0, 0.0, 1.0, 1.0]
    assert json.loads(str(metadata["bboxes_json"])) == [[2, 0.0, 0.0, 1.0, 1.0], [3, 0.0, 0.0, 1.0, 1.0]]


def test_a_file_says_how_its_worst_page_fared_and_nothing_of_a_single_page() -> None:
    error = PageTimeout("late")
    pages = [third_page(), changed(third_page(), page_index=3, status=PageStatus.FAILED, error=error)]
    metadata = document_metadata(pages, notes="page 4 failed")
    assert (metadata["page_status"], metadata["error"], metadata["notes"]) == ("failed", "late", "page 4 failed")
    assert not {"page", "page_number", "page_label", "page_end", "page_width"} & metadata.keys()


@given(text=st.text(min_size=1, max_size=5), times=st.sampled_from([1, 300, 30_000]))
def test_metadata_stays_below_half_of_the_forty_kilobytes_that_stores_allow(text: str, times: int) -> None:
    long = text * times
    page = changed(
        third_page(*[text_block("Words", boxes=(GridBox(0, 0, 1, 1),) * 1000)]),
        source=replace(third_page().source, name=long, uri=long, path=Path(long[:50].replace("\0", "0"))),
        page_label=long,
        error=PageTimeout(long),
    )
    table = Table(long, (("a",),))
    metadata = chunk_metadata(chunk(page, heading_path=(long,), caption=long, table=table, notes=(long,)))
    for each in (metadata, page_metadata(page, header=long, footer=long)):
        assert sum(len(key) + len(str(value).encode()) for key, value in each.items()) < 20_000


def test_what_is_too_long_for_metadata_is_left_out_whole_and_said_so() -> None:
    metadata = chunk_metadata(chunk(third_page(), table=Table("<table>" + "x" * 20_000, (("x",),))))
    assert "text_as_html" not in metadata
    assert metadata["notes"] == "text_as_html was too long for metadata and is left out"


def test_metadata_has_none_of_the_keys_that_frameworks_write_themselves() -> None:
    assert not {"_node_content", "_node_type", "document_id", "doc_id", "ref_doc_id", "id", "text"} & set(KEYS)


@pytest.mark.parametrize("label", BlockLabel)
def test_every_kind_of_block_has_a_name_in_unstructureds_words(label: BlockLabel) -> None:
    assert CATEGORIES[label]
