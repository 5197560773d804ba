from __future__ import annotations

from dataclasses import fields, replace

import pytest

from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders.cache.record import FIELDS, is_record, page_from, record_of
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.pages.outline import OutlineEntry
from ocr2_loaders.settings import RecoveryWay
from ocr2_loaders.transcription import Attempt, PageStatus, TranscribedPage
from tests.support.requests import source

ENGINE = EngineIdentity("replay", "1", "recordings")
PAGE = TranscribedPage(
    PageFacts(
        source(),
        page_index=3,
        num_pages=7,
        page_label="iv",
        width_pt=595.275590551,
        height_pt=841.88976378,
        width_px=1191,
        height_px=1684,
        effective_dpi=143.99999999999997,
        outline=(OutlineEntry("Chapter", 1),),
        turned_deg=90.0,
    ),
    PageStatus.RECOVERED,
    transcript="<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\nZeile\r\n\x00\u2028 深度 \ud800\n",
    finish_reason=FinishReason.STOP,
    engine=ENGINE,
    warnings=("creased", "torn"),
    attempts=(
        Attempt(None, ENGINE, FinishReason.LENGTH, "no end"),
        Attempt(RecoveryWay.HALVES, ENGINE, FinishReason.STOP, None),
    ),
    raw_transcript="raw",
    missing_words=1 / 3,
)


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        TranscribedPage(PageFacts(source(), 0, 1), PageStatus.BLANK),
        replace(PAGE, engine=None, missing_words=None).with_facts(source=source("elsewhere.pdf"), num_pages=None),
    ],
)
def test_a_page_comes_back_as_it_was(page: TranscribedPage) -> None:
    assert page_from(record_of(page), page.source) == page


def test_every_field_is_kept_but_the_source_and_the_error() -> None:
    names = {field.name for kind in (PageFacts, TranscribedPage) for field in fields(kind)}
    assert names - set(FIELDS) == {"facts", "source", "error"}


@pytest.mark.parametrize("damage", [b"", b"nonsense", record_of(PAGE)[:-5]])
def test_damage_is_seen(damage: bytes) -> None:
    assert is_record(record_of(PAGE))
    assert not is_record(damage)
    with pytest.raises(ValueError, match=r"record|valid"):
        page_from(damage, source())
