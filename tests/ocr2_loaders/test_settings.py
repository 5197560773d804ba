from __future__ import annotations

import json
import pickle

import pytest
from pydantic import ValidationError

from ocr2_loaders import Block, LoadSettings, PageResult
from ocr2_loaders.pages import PageImage
from ocr2_loaders.settings import PageFilterName


def as_it_is(page: PageImage) -> PageImage:
    return page


def keep(block: Block, page: PageResult) -> Block:
    return block


SETTINGS = LoadSettings(page_filters=("deskew", as_it_is), block_filters=(keep,))


def test_filters_are_names_or_callables() -> None:
    assert SETTINGS.page_filters == (PageFilterName.DESKEW, as_it_is)
    assert LoadSettings().page_filters == LoadSettings().block_filters == ()


def test_a_name_that_is_no_filter_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValidationError, match="'auto-rotate', 'deskew' or 'despeckle'"):
        LoadSettings(page_filters=("deskw",))


def test_settings_with_callables_can_be_compared_hashed_and_sent_to_another_process() -> None:
    again = pickle.loads(pickle.dumps(SETTINGS))
    assert again == SETTINGS
    assert hash(again) == hash(SETTINGS)


def test_json_names_callables_and_never_brings_them_back() -> None:
    written = json.loads(SETTINGS.model_dump_json())
    assert written["page_filters"] == ["deskew", f"{__name__}:as_it_is"]
    assert written["block_filters"] == [f"{__name__}:keep"]
    with pytest.raises(ValidationError):
        LoadSettings.model_validate(written)


def test_settings_with_names_alone_come_back_from_json() -> None:
    settings = LoadSettings(page_filters=("despeckle",))
    assert LoadSettings.model_validate_json(settings.model_dump_json()) == settings


def test_the_schema_knows_names_only() -> None:
    schema = LoadSettings.model_json_schema()
    assert schema["properties"]["page_filters"]["items"] == {"$ref": "#/$defs/PageFilterName"}
