from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.errors import EngineTimeout, SourceNotFound
from ocr2_loaders.export.json_document import JSON, block_as_dict, page_as_dict
from ocr2_loaders.settings import RecoveryWay
from ocr2_loaders.sources.source import FailedSource
from ocr2_loaders.transcription import Attempt, PageStatus
from tests.support.results import block, page_result


def document_of(*pages: PageResult) -> dict[str, Any]:
    return json.loads("".join(JSON.document(pages)))


def test_a_document_is_its_source_and_its_pages_in_order():
    document = document_of(page_result(block()), page_result(page_index=1, status=PageStatus.BLANK))
    assert list(document) == ["schema_version", "source", "pages"]
    assert document["schema_version"] == 2
    assert document["source"] == {
        "name": "report.pdf",
        "uri": "report.pdf",
        "file_type": "application/pdf",
        "num_bytes": 1000,
        "sha256": "0" * 64,
        "warnings": [],
    }
    assert [(page["page_number"], page["status"]) for page in document["pages"]] == [(1, "ok"), (2, "blank")]


def test_a_page_says_how_it_was_read():
    page = page_result(
        block(),
        engine=EngineIdentity("embedded", "3.10", "PP-OCR"),
        finish_reason=FinishReason.STOP,
        width_pt=595.2755905511812,
        effective_dpi=143.99999,
        warnings=("creased",),
    )
    as_dict = page_as_dict(page)
    assert as_dict["engine"] == {"engine": "embedded", "version": "3.10", "model": "PP-OCR", "is_repeatable": True}
    assert as_dict["finish_reason"] == "stop"
    assert as_dict["warnings"] == ["creased"]
    assert (as_dict["width_pt"], as_dict["effective_dpi"]) == (595.2755905511812, 143.99999)
    assert as_dict["id"] == page.id
    assert as_dict["error"] is None


def test_a_failed_page_carries_everything_its_error_says():
    error = EngineTimeout("took too long", source="report.pdf", page_number=1, hint="try again")
    assert page_as_dict(page_result(status=PageStatus.FAILED, error=error))["error"] == {
        "type": "EngineTimeout",
        "message": "took too long",
        "stage": "engine",
        "source": "report.pdf",
        "page_number": 1,
        "hint": "try again",
        "retryable": True,
    }


def test_a_block_has_its_boxes_on_the_grid_and_on_the_page():
    as_dict = block_as_dict(block((0, 333, 999, 666), (1, 1, 2, 2)))
    assert as_dict["boxes"] == [[0, 333, 999, 666], [1, 1, 2, 2]]
    assert as_dict["bounding_boxes"] == [[0.0, 0.3333, 1.0, 0.6667], [0.001, 0.001, 0.002, 0.002]]


def test_a_table_has_its_html_and_its_rows():
    table = Table("<table><tr><td>a</td></tr></table>", (("a",),), num_header_rows=0)
    as_dict = block_as_dict(block(label=BlockLabel.TABLE, table=table))
    assert as_dict["table"] == {"html": table.html, "rows": [["a"]], "num_header_rows": 0}


def test_blocks_of_all_kinds_have_the_same_keys():
    kinds = [block(), block((0, 0, 9, 9), label=BlockLabel.FORMULA, latex="x"), block(heading_level=2, notes=("odd",))]
    assert len({tuple(block_as_dict(each)) for each in kinds}) == 1


def test_a_source_that_cannot_be_had_is_a_document_with_one_failed_page():
    error = SourceNotFound("nothing is there")
    source = FailedSource("missing.pdf", "missing.pdf", error)
    document = document_of(page_result(source=source, status=PageStatus.FAILED, error=error, num_pages=None))
    assert document["source"]["sha256"] is None
    assert document["pages"][0]["error"]["type"] == "SourceNotFound"


def test_pages_stand_one_a_line():
    lines = "".join(JSON.document([page_result(), page_result(page_index=1)])).splitlines()
    assert [json.loads(line.rstrip(","))["page_number"] for line in lines[1:3]] == [1, 2]


@given(st.text(st.characters(codec=None), max_size=80))
def test_any_text_can_be_encoded_and_comes_back(text: str):
    written = "".join(JSON.document([page_result(block(text=text))])).encode("utf-8")
    assert json.loads(written)["pages"][0]["blocks"][0]["text"] == text


def test_equal_pages_are_written_equally():
    assert list(JSON.document([page_result(block())])) == list(JSON.document([page_result(block())]))


def test_a_page_that_was_read_again_tells_how() -> None:
    engine = EngineIdentity("scripted", "1", "none")
    attempts = (
        Attempt(None, engine, FinishReason.LENGTH, "no end"),
        Attempt(RecoveryWay.HALVES, engine, FinishReason.STOP, None),
    )
    page = replace(page_result(status=PageStatus.RECOVERED), attempts=attempts, missing_words=1 / 3)
    written = page_as_dict(page)
    assert written["missing_words"] == 1 / 3
    scripted = {"engine": "scripted", "version": "1", "model": "none", "is_repeatable": True}
    assert written["attempts"] == [
        {"way": None, "engine": scripted, "finish_reason": "length", "problem": "no end", "is_lasting": True},
        {"way": "halves", "engine": scripted, "finish_reason": "stop", "problem": None, "is_lasting": True},
    ]
