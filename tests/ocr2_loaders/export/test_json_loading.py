from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.box import GridBox
from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders import errors
from ocr2_loaders.blocks import blocks_of
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.blocks.table import Table
from ocr2_loaders.errors import DamagedDocument, EngineTimeout, Ocr2Error, SourceNotFound, UnsupportedFormat
from ocr2_loaders.export.json_document import JSON, page_as_dict
from ocr2_loaders.export.json_loading import pages_from_json
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.pages.outline import OutlineEntry
from ocr2_loaders.settings import RecoveryWay
from ocr2_loaders.sources.source import FailedSource, FileType, Source
from ocr2_loaders.structure import structured_pages
from ocr2_loaders.transcription import Attempt, PageStatus
from tests.support.results import block, changed, page_result

SCHEMA = json.loads((files("ocr2_loaders.export") / "page_document.schema.json").read_text("utf-8"))
SOURCE = Source(Path("report.pdf").absolute(), "report.pdf", "report.pdf", FileType.PDF, 1000, "ab" * 32, ("creased",))
NO_ID = b"00000000-0000-0000-0000-000000000000"
TRANSCRIPTS = Path(__file__).parents[2] / "data/transcripts"

texts = st.text(st.characters(codec=None), max_size=20)
sides = st.lists(st.integers(0, 999), min_size=2, max_size=2).map(sorted)
boxes = st.tuples(sides, sides).map(lambda both: GridBox(both[0][0], both[1][0], both[0][1], both[1][1]))
tables = st.builds(
    Table, texts, st.lists(st.lists(texts, max_size=3).map(tuple), max_size=3).map(tuple), st.integers(0, 3)
)
block_values = st.builds(
    Block,
    id=st.uuids().map(str),
    label=st.sampled_from(BlockLabel),
    model_label=st.none() | texts,
    text=texts,
    markdown=texts,
    boxes=st.lists(boxes, max_size=3).map(tuple),
    page_index=st.just(7),
    reading_order=st.integers(0, 99),
    heading_level=st.none() | st.integers(1, 6),
    table=st.none() | tables,
    latex=st.none() | texts,
    confidence=st.none() | st.floats(0, 1),
    notes=st.lists(texts, max_size=2).map(tuple),
)
engines = st.builds(EngineIdentity, texts, texts, texts, st.booleans())
attempts = st.builds(
    Attempt, st.none() | st.sampled_from(RecoveryWay), engines, st.sampled_from(FinishReason), st.none() | texts
)
sizes = st.floats(0, 20_000)
facts = st.builds(
    PageFacts,
    source=st.just(SOURCE),
    page_index=st.just(7),
    num_pages=st.none() | st.integers(0, 9999),
    page_label=st.none() | texts,
    width_pt=sizes,
    height_pt=sizes,
    width_px=st.integers(0, 20_000),
    height_px=st.integers(0, 20_000),
    effective_dpi=sizes,
    outline=st.lists(st.builds(OutlineEntry, texts, st.integers(1, 9)), max_size=2).map(tuple),
    turned_deg=st.floats(-180, 180),
)
page_values = st.builds(
    PageResult,
    facts=facts,
    status=st.sampled_from([status for status in PageStatus if status is not PageStatus.FAILED]),
    blocks=st.lists(block_values, max_size=3).map(tuple),
    transcript=texts,
    finish_reason=st.none() | st.sampled_from(FinishReason),
    engine=st.none() | engines,
    warnings=st.lists(texts, max_size=2).map(tuple),
    error=st.none(),
    attempts=st.lists(attempts, max_size=2).map(tuple),
    raw_transcript=st.none() | texts,
    missing_words=st.none() | st.floats(0, 1),
)


def written(*pages: PageResult) -> bytes:
    writer = JSON.writer()
    return b"".join([*map(writer.add, structured_pages(pages)), writer.finish()])


def check(document: bytes) -> Any:
    facts = json.loads(document)
    jsonschema.validate(facts, SCHEMA, format_checker=jsonschema.FormatChecker())
    return facts


@given(page_values)
def test_any_page_fits_the_schema_and_comes_back_equal(page: PageResult) -> None:
    document = written(page)
    check(document)
    assert pages_from_json(document) == [page]


@pytest.mark.parametrize("path", sorted(TRANSCRIPTS.glob("*.mmd")), ids=lambda path: path.stem)
def test_pages_of_real_markup_come_back_equal(path: Path) -> None:
    transcript = path.read_text("utf-8")
    page = replace(
        page_result(source=SOURCE),
        blocks=blocks_of(transcript, page_index=0, file_sha256=SOURCE.sha256),
        transcript=transcript,
    )
    assert pages_from_json(written(page, changed(page, page_index=1, blocks=()))) == [
        page,
        changed(page, page_index=1, blocks=()),
    ]
    check(written(page))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_allows_nothing_that_is_not_written() -> None:
    facts = check(written(page_result(block(), source=SOURCE)).replace(b"block-id", NO_ID))
    facts["pages"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(facts, SCHEMA)


@pytest.mark.parametrize("name", errors.__all__)
def test_an_error_comes_back_with_its_type_and_all_it_says(name: str) -> None:
    error = getattr(errors, name)("took too long", source="report.pdf", page_number=1, hint="try again")
    page = page_result(source=SOURCE, status=PageStatus.FAILED, error=error)
    check(written(page))
    (loaded,) = pages_from_json(written(page))
    assert type(loaded.error) is type(error)
    assert vars(loaded.error) == vars(error)
    assert page_as_dict(loaded) == page_as_dict(page)


def test_an_error_that_may_pass_after_all_stays_so() -> None:
    error = DamagedDocument("half a file")
    error.retryable = True
    (loaded,) = pages_from_json(written(page_result(source=SOURCE, status=PageStatus.FAILED, error=error)))
    assert loaded.error
    assert loaded.error.retryable


def test_an_error_of_a_later_version_is_an_error_all_the_same() -> None:
    page = page_result(source=SOURCE, status=PageStatus.FAILED, error=EngineTimeout("took too long"))
    document = written(page).replace(b'"EngineTimeout"', b'"os.system"')
    (loaded,) = pages_from_json(document)
    assert type(loaded.error) is Ocr2Error


def test_a_source_that_could_not_be_had_comes_back_as_one() -> None:
    error = SourceNotFound("nothing is there")
    source = FailedSource("missing.pdf", "missing.pdf", error)
    page = page_result(source=source, status=PageStatus.FAILED, error=error, num_pages=None)
    check(written(page))
    (loaded,) = pages_from_json(written(page))
    assert isinstance(loaded.source, FailedSource)
    assert loaded.source.error is loaded.error
    assert loaded.id == page.id


def test_a_document_of_another_version_is_refused_by_its_version() -> None:
    document = written(page_result(source=SOURCE)).replace(b'"schema_version":2', b'"schema_version":1')
    with pytest.raises(UnsupportedFormat, match="version 1"):
        pages_from_json(document)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"schema_version":2}',
        b'{"schema_version":2,"source":[],"pages":[]}',
        b'{"schema_version":2,"source":{"sha256":null,"name":"a","uri":"a"},"pages":[]}',
    ],
)
def test_what_is_no_such_document_is_refused(document: bytes) -> None:
    with pytest.raises(DamagedDocument):
        pages_from_json(document)


@given(st.data())
def test_a_damaged_document_never_raises_anything_else(data: st.DataObject) -> None:
    document = bytearray(written(page_result(block((1, 2, 3, 4)), source=SOURCE)))
    place = data.draw(st.integers(0, len(document) - 1))
    document[place] = data.draw(st.integers(0, 255))
    with suppress(DamagedDocument, UnsupportedFormat):
        pages_from_json(bytes(document))
