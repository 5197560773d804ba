"""Every public name has a docstring and a place in the reference; every setting has a sentence of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.markdown import ROOT, page, site_pages

griffe = pytest.importorskip("griffe")

CATALOGUES = {
    "ocr2_loaders": "ocr2_loaders",
    **{
        f"ocr2_loaders.{path.parent.name}": path.parent.name
        for path in sorted((ROOT / "ocr2_loaders").glob("*/__init__.py"))
    },
    "ocr2_loaders.errors": "errors",
    "model_runtime.contract": "contract",
    "llama_index.readers.ocr2": "llama_index",
    "langchain_ocr2": "langchain_ocr2",
}
SETTINGS = ["ocr2_loaders.settings", "model_runtime.engines.options"] + [
    f"model_runtime.engines.{path.parent.name}.settings"
    for path in sorted((ROOT / "model_runtime" / "engines").glob("*/settings.py"))
]
SAID_BY_FRAMEWORKS = {"model_config", "class_name", "model_post_init", "stage", "retryable"}
"""Names that carry the meaning of the class above."""


@pytest.fixture(scope="module")
def modules():
    """The project's modules as they are written: nothing is imported."""
    paths = (ROOT, *(path.parent for path in sorted((ROOT / "integrations").glob("*/pyproject.toml"))))
    loader = griffe.GriffeLoader(search_paths=[str(path) for path in paths])
    for package in ("ocr2_loaders", "model_runtime", "langchain_ocr2", "llama_index.readers.ocr2"):
        loader.load(package)
    loader.resolve_aliases(external=False)
    return loader.modules_collection


def public_names(module) -> list[str]:
    """A catalogue says what it has; any other module has what it defines."""
    own = [name for name, found in module.members.items() if not (name.startswith("_") or found.is_alias)]
    return [str(name) for name in module.exports or own]


def defined(module, name: str):
    found = module.members[name]
    return found.final_target if found.is_alias else found


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_every_name_of_a_catalogue_stands_on_its_page(modules, catalogue: str):
    reference = page(f"docs/reference/{CATALOGUES[catalogue]}.md")
    described = {name.removeprefix(f"{catalogue}.") for name in reference.directives}
    linked = set(re.findall(r"\[`(\w+)`\]\[[\w.]+\]", reference.text))
    assert described | linked == set(public_names(modules[catalogue]))


def test_every_page_of_the_reference_belongs_to_a_catalogue():
    pages = {path.stem for path in (ROOT / "docs" / "reference").glob("*.md")} - {"index"}
    assert pages == set(CATALOGUES.values())


def test_nothing_is_described_twice(modules):
    described = [name for each in site_pages() for name in each.directives]
    homes = [defined(modules[module], name).path for module, _, name in (each.rpartition(".") for each in described)]
    assert sorted(homes) == sorted(set(homes))


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_every_public_name_says_what_it_is(modules, catalogue: str):
    public = [defined(modules[catalogue], name) for name in public_names(modules[catalogue])]
    silent = [each.path for each in public if not each.docstring]
    silent += [member.path for each in public if each.is_class for member in behaviour_of(each) if not member.docstring]
    assert silent == []


def behaviour_of(found) -> Iterator[object]:
    """Public methods and properties; what fields hold is said by their class."""
    for name, member in found.members.items():
        if name.startswith("_") or member.is_alias or name in SAID_BY_FRAMEWORKS:
            continue
        is_property = member.is_attribute and "property" in member.labels
        if (member.is_function or is_property) and found.module.path not in HANDED_ON:
            yield member


HANDED_ON = {"langchain_ocr2.parser"}
"""Properties here hand on what the constructor's arguments say."""


@pytest.mark.parametrize("module", SETTINGS)
def test_every_setting_is_described_and_says_what_it_means(modules, module: str):
    described = set(page("docs/settings.md").directives)
    classes = [name for name in public_names(modules[module]) if holds_settings(modules[module].members[name])]
    assert {f"{module}.{name}" for name in classes} <= described
    silent = [
        field.path
        for name in classes
        for field in modules[module].members[name].members.values()
        if field.is_attribute
        and not field.name.startswith("_")
        and field.name != "model_config"
        and not field.docstring
    ]
    assert silent == []


def holds_settings(found) -> bool:
    return bool(found.is_class) and bool(found.docstring or found.members)


def test_the_settings_page_describes_nothing_that_is_gone(modules):
    gone = [
        name
        for name in page("docs/settings.md").directives
        if name.rpartition(".")[2] not in modules[name.rpartition(".")[0]].members
    ]
    assert gone == []


def test_a_catalogue_has_a_page_as_soon_as_there_is_one():
    assert "ocr2_loaders.blocks" in CATALOGUES
    assert all(Path(ROOT / "docs" / "reference" / f"{name}.md").is_file() for name in CATALOGUES.values())
