"""The site builds, strictly and from this machine alone, and sends its readers nowhere that they did not ask for."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from lxml import html

from tests.support.markdown import ROOT

pytest.importorskip("material")
pytest.importorskip("mkdocstrings")
pytest.importorskip("apted")  # `ocr2 bench` is one of the commands that the site describes

pytestmark = pytest.mark.slow

NO_NETWORK = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https", "all")}
"""Nothing listens there."""


def build(root: Path, into: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(into)]
    environment = {**os.environ, **NO_NETWORK, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=root, env=environment)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    run = build(ROOT, folder)
    assert run.returncode == 0, run.stderr
    return folder


def addresses(site: Path, element: str, attribute: str) -> set[str]:
    trees = (html.fromstring(path.read_bytes()) for path in site.rglob("*.html"))
    return {address for tree in trees for address in tree.xpath(f"//{element}/@{attribute}")}


def test_a_reader_fetches_nothing_from_elsewhere(site: Path):
    fetched = set().union(
        *(addresses(site, element, "src") for element in ("script", "img", "iframe", "source")),
        addresses(site, "link[@rel != 'canonical']", "href"),
    )
    assert fetched
    assert [address for address in fetched if "//" in address] == []


def test_files_outside_the_site_are_linked_in_the_repository(site: Path):
    tree = html.fromstring((site / "architecture" / "index.html").read_bytes())
    readme = "https://github.com/ocr2-loaders/ocr2-loaders/blob/main/ocr2_loaders/pages/README.md"
    assert readme in tree.xpath("//article//a/@href")


def test_included_files_are_there_as_a_whole_and_as_a_section(site: Path):
    contributing = html.fromstring((site / "contributing" / "index.html").read_bytes()).text_content()
    install = html.fromstring((site / "install" / "index.html").read_bytes()).text_content()
    assert "House rules" in contributing
    assert 'pip install -e ".[embedded]"' in install
    assert "Quick start" not in install.partition("Extras")[0].partition("Python 3.11")[2]


def test_the_layers_are_those_of_the_import_contracts(site: Path):
    architecture = html.fromstring((site / "architecture" / "index.html").read_bytes()).text_content()
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    top_layers = [each["layers"][0].strip("()") for each in contracts if each["type"] == "layers"]
    assert all(f"{layer} → " in architecture for layer in top_layers)


def test_the_reference_has_the_words_of_the_code(site: Path):
    reference = html.fromstring((site / "reference" / "ocr2_loaders" / "index.html").read_bytes()).text_content()
    settings = html.fromstring((site / "settings" / "index.html").read_bytes()).text_content()
    assert "Every page of every source, as soon as it is done" in reference
    assert "Longer sides are rendered at a lower dpi" in settings


@pytest.mark.parametrize(
    "link", ["other.md#no-such-heading", "#no-such-heading", "gone.md", "/other/", "../outside.md"]
)
def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path, link: str):
    small_site(tmp_path, {"index.md": f"# Home\n\n[nowhere]({link}) [other](other.md)\n", "other.md": "# Other\n"})
    run = build(tmp_path, tmp_path / "site")
    assert run.returncode != 0
    assert link.strip("#") in run.stderr


def test_a_page_that_nothing_leads_to_stops_the_build(tmp_path: Path):
    small_site(tmp_path, {"index.md": "# Home\n", "other.md": "# Other\n", "forgotten.md": "# Forgotten\n"})
    run = build(tmp_path, tmp_path / "site")
    assert run.returncode != 0
    assert "forgotten.md" in run.stderr


def small_site(folder: Path, pages: dict[str, str]) -> None:
    """A site of two pages under the settings of the real one."""
    (folder / "docs").mkdir()
    for name, text in pages.items():
        (folder / "docs" / name).write_text(text)
    settings = f"INHERIT: {ROOT / 'mkdocs.yml'}\nplugins: [search]\nhooks: []\nnav: [index.md, other.md]\n"
    (folder / "mkdocs.yml").write_text(settings)
