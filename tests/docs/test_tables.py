"""Tables of the site name what there is in the code: nothing less, nothing more."""

from __future__ import annotations

import tomllib

import pytest

from model_runtime.engines.registry import AUTO, ENGINES
from ocr2_loaders import errors as ours
from ocr2_loaders.blocks import BlockLabel, PageResult, PageStatus
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.export import FORMATS
from ocr2_loaders.export.metadata import BOOKKEEPING_KEYS, KEYS
from ocr2_loaders.settings import ChunkPolicy, LoadSettings
from ocr2_loaders.sources import FileType
from tests.support.markdown import ROOT, page

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_metadata_keys_stand_in_their_order():
    assert tuple(page("docs/metadata.md").column(0, under="key")) == KEYS


def test_the_keys_that_are_embedded_are_named():
    prose = page("docs/metadata.md").text.rpartition("\n\n")[2]
    assert all(f"`{key}`" in prose for key in KEYS if key not in BOOKKEEPING_KEYS)


def test_formats_and_their_suffixes():
    formats = page("docs/formats.md")
    shown = zip(formats.column(0, under="name"), formats.column(1, under="name"), strict=True)
    assert list(shown) == [(name, each.suffix) for name, each in FORMATS.items()]


def test_kinds_of_file():
    assert page("docs/inputs.md").column(1, under="kind") == [each.value for each in FileType]


def test_extras():
    assert page("docs/install.md").column(0, under="extra") == list(PROJECT["optional-dependencies"])


def test_engines_have_a_page_and_a_row():
    index = page("docs/engines/index.md")
    rows = [cell.partition("`")[2].partition("`")[0] for cell in index.column(0, under="engine")]
    assert set(rows) == {AUTO, *ENGINES}
    assert {path.stem for path in (ROOT / "docs" / "engines").glob("*.md")} == {AUTO, *ENGINES, "index"}


def test_statuses_and_labels():
    results = page("docs/results.md")
    assert results.column(0, under="status") == [
        each.value for each in (PageStatus.OK, *list(PageStatus)[1:4], PageStatus.BLANK, PageStatus.FAILED)
    ]
    assert all(f"`{label.value}`" in results.text for label in BlockLabel)


def test_every_field_of_a_page_is_named():
    text = page("docs/results.md").text
    assert [name for name in PageResult.__dataclass_fields__ if f"`{name}`" not in text] == []


def test_policies():
    assert page("docs/chunks.md").column(0, under="policy") == [each.value for each in ChunkPolicy]


def all_errors(kind: type[Ocr2Error]) -> set[type[Ocr2Error]]:
    return {kind}.union(*(all_errors(below) for below in kind.__subclasses__()))


def test_errors_with_their_place_in_the_tree():
    table = page("docs/errors.md")
    rows = zip(*(table.column(number, under="error") for number in range(3)), strict=True)
    tree = {
        each for each in all_errors(Ocr2Error) if each.__module__ in {"ocr2_loaders.errors", "model_runtime.errors"}
    }
    expected = {
        each.__name__: (each.__bases__[0].__name__ if each is not Ocr2Error else "", "yes" if each.retryable else "")
        for each in tree
    }
    assert {name: (below, again) for name, below, again in rows} == expected


def test_every_error_that_is_public_is_in_the_tree():
    assert set(ours.__all__) <= set(page("docs/errors.md").column(0, under="error"))


@pytest.mark.parametrize("row", range(7))
def test_limits_name_a_setting_and_its_default(row: int):
    security = page("docs/security.md")
    stage, field = security.column(2, under="limit")[row].split(".")
    settings = LoadSettings()
    value = getattr({"SourceSettings": settings.source, "RenderSettings": settings.render}[stage], field)
    shown = security.column(1, under="limit")[row]
    assert shown in {f"{value:,}", f"{value:,} pixels", f"{value:g}", f"{value / (1 << 30):g} GiB"}
    assert len(security.column(0, under="limit")) == 7
