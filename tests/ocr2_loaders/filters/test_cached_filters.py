"""Which filters decide whether a page that was kept is the page that is asked for."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import ocr2_loaders
from ocr2_loaders import Block, LoadSettings, PageResult
from ocr2_loaders.filters import turned
from ocr2_loaders.pages import PageImage
from ocr2_loaders.settings import CacheSettings
from tests.support.papers import write_paper
from tests.support.scripted import ScriptedEngine


@dataclass(frozen=True)
class Turning:
    degrees: float
    version: str = "1"
    name: str = "turning"

    def __call__(self, page: PageImage) -> PageImage:
        return turned(page, self.degrees)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["one", "two"])


def run(paper: Path, **filters: Any) -> tuple[list[PageResult], int]:
    """The pages, and how many of them an engine had to read."""
    engine = ScriptedEngine(lambda request: f"words of page {request.page_index}")
    settings = LoadSettings(cache=CacheSettings(folder=paper.parent / "cache"), **filters)
    return list(ocr2_loaders.load(paper, settings=settings, engine=engine)), len(engine.requests)


def test_the_same_filters_find_their_pages_again(paper: Path) -> None:
    first, num_read = run(paper, page_filters=(Turning(90),))
    again, num_read_again = run(paper, page_filters=(Turning(90),))
    assert (num_read, num_read_again) == (2, 0)
    assert again == first
    assert [page.turned_deg for page in again] == [90, 90]


@pytest.mark.parametrize("others", [(), (Turning(90, version="2"),), (Turning(90), Turning(90))])
def test_other_filters_find_nothing(paper: Path, others: tuple[Turning, ...]) -> None:
    run(paper, page_filters=(Turning(90),))
    assert run(paper, page_filters=others)[1] == 2


def test_a_filter_without_a_version_keeps_nothing_and_finds_nothing(
    paper: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run(paper)
    with caplog.at_level(logging.WARNING):
        assert run(paper, page_filters=(lambda page: page,))[1] == 2
        assert run(paper, page_filters=(lambda page: page,))[1] == 2
    assert "has no name and version" in caplog.text


def test_pages_are_kept_as_they_were_before_block_filters(paper: Path) -> None:
    def shouted(block: Block, page: PageResult) -> Block:
        return replace(block, text=block.text.upper())

    run(paper, block_filters=(shouted,))
    pages, num_read = run(paper)
    assert num_read == 0
    assert pages[0].text == "words of page 0"
    assert run(paper, block_filters=(shouted,))[0][0].text == "WORDS OF PAGE 0"


def test_pages_that_a_filter_failed_are_tried_again(paper: Path) -> None:
    class Failing(Turning):
        def __call__(self, page: PageImage) -> PageImage:
            raise ValueError("not today")

    assert [page.status.value for page in run(paper, page_filters=(Failing(90),))[0]] == ["failed", "failed"]
    assert [page.status.value for page in run(paper, page_filters=(Turning(90),))[0]] == ["ok", "ok"]
