"""Every relative link and anchor in the project's Markdown leads somewhere."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.support.markdown import ROOT, MarkdownPage, all_pages, anchor_of, page

PAGES = all_pages()


def dead_links(of: MarkdownPage) -> list[str]:
    return [link for link in of.links if not is_url(link) and not leads_somewhere(of, link)]


def is_url(link: str) -> bool:
    return "://" in link or link.startswith("mailto:")


def leads_somewhere(of: MarkdownPage, link: str) -> bool:
    target, _, anchor = link.partition("#")
    path = (of.path.parent / target).resolve() if target else of.path
    if not path.is_relative_to(ROOT) or not path.exists():
        return False
    return not anchor or (path.suffix == ".md" and anchor in MarkdownPage(path).anchors)


@pytest.mark.parametrize("of", PAGES, ids=str)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(of: MarkdownPage):
    assert dead_links(of) == []


def test_a_dead_link_and_a_dead_anchor_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.docs.test_links.ROOT", tmp_path)
    (tmp_path / "there.md").write_text("# What is there\n")
    file = tmp_path / "page.md"
    file.write_text(
        "[a](there.md#what-is-there) [b](gone.md) [c](there.md#gone) `[d](code.md)`\n```\n[e](code.md)\n```\n"
    )
    assert dead_links(MarkdownPage(file)) == ["gone.md", "there.md#gone"]


def test_pages_of_every_kind_are_looked_at():
    looked_at = {str(each) for each in PAGES}
    assert {
        "README.md",
        "SECURITY.md",
        "docs/index.md",
        "docs/reference/blocks.md",
        "integrations/langchain-ocr2/README.md",
        "ocr2_loaders/cache/README.md",
    } <= looked_at


def test_an_anchor_is_made_as_code_hosts_make_it():
    assert anchor_of("Who may import `whom`?") == "who-may-import-whom"


def test_the_readme_stays_short_and_leads_to_the_site():
    readme = page("README.md")
    assert len(readme.text.splitlines()) < 200
    assert sum(link.startswith("docs/") for link in readme.links) > 10


def test_the_projects_address_is_the_same_everywhere():
    projects = [ROOT / "pyproject.toml", *sorted((ROOT / "integrations").glob("*/pyproject.toml"))]
    urls = [url for path in projects for url in tomllib.loads(path.read_text())["project"]["urls"].values()]
    others = [
        ROOT / "mkdocs.yml",
        ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml",
        ROOT / "docs/contributing/release.md",
    ]
    urls += [url for path in others for url in re.findall(r"https://github\.com/[\w./-]+", path.read_text())]
    assert len(projects) == 3
    assert {"/".join(url.split("/")[:5]) for url in urls} == {"https://github.com/ocr2-loaders/ocr2-loaders"}
