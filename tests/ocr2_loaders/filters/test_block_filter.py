from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ocr2_loaders
from ocr2_loaders import Block, BlockLabel, LoadSettings, PageResult, PageStatus
from ocr2_loaders.errors import FilterFailed
from tests.support.papers import transcript, write_paper
from tests.support.scripted import ScriptedEngine


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["one", "two"])


def load(source: Path, *filters: Any, strict: bool = False) -> list[PageResult]:
    engine = ScriptedEngine(lambda request: transcript(f"Title {request.page_index}", "Some words."))
    settings = LoadSettings(block_filters=filters)
    return list(ocr2_loaders.load(source, settings=settings, engine=engine, strict=strict))


def without_titles(block: Block, page: PageResult) -> Block | None:
    return None if block.label is BlockLabel.TITLE else block


def shouted(block: Block, page: PageResult) -> Block:
    return replace(block, text=block.text.upper())


def test_a_dropped_block_is_counted_in_the_warnings_of_its_page(paper: Path) -> None:
    pages = load(paper, without_titles)
    assert [[block.text for block in page.blocks] for page in pages] == [["Some words."]] * 2
    assert pages[0].warnings == (f"the block filter {__name__}:without_titles dropped 1 block",)
    assert "Title 0" in pages[0].transcript
    assert pages[0].status is PageStatus.OK


def test_blocks_that_stay_keep_their_id_and_their_place(paper: Path) -> None:
    before, after = load(paper), load(paper, without_titles)
    assert [page.blocks for page in after] == [page.blocks[1:] for page in before]
    assert after[0].blocks[0].reading_order == 1


def test_filters_work_in_their_order_and_stop_at_a_dropped_block(paper: Path) -> None:
    seen: list[str] = []

    def noting(block: Block, page: PageResult) -> Block:
        seen.append(block.text)
        return block

    pages = load(paper, shouted, without_titles, noting)
    assert seen == ["SOME WORDS."] * 2
    assert pages[1].blocks[0].text == "SOME WORDS."


def test_a_filter_sees_the_page_as_it_was(paper: Path) -> None:
    sizes: list[int] = []

    def by_page(block: Block, page: PageResult) -> Block | None:
        sizes.append(len(page.blocks))
        return block if page.page_number == 1 else None

    pages = load(paper, without_titles, by_page)
    assert [len(page.blocks) for page in pages] == [1, 0]
    assert sizes == [2, 2]
    assert pages[1].warnings[-1].endswith("by_page dropped 1 block")


def test_without_filters_nothing_is_said(paper: Path) -> None:
    assert load(paper)[0].warnings == ()
    assert load(paper, shouted)[0].warnings == ()


@pytest.mark.parametrize("what", [ZeroDivisionError("by nought"), "a string"])
def test_a_filter_that_gives_up_fails_its_page_and_no_other(paper: Path, what: object) -> None:
    def on_first_page(block: Block, page: PageResult) -> Any:
        if page.page_index:
            return block
        if isinstance(what, Exception):
            raise what
        return what

    first, second = load(paper, on_first_page)
    assert (first.status, first.blocks) == (PageStatus.FAILED, ())
    assert isinstance(first.error, FilterFailed)
    assert "paper.pdf: page 1: the filter" in first.error.message
    assert "Title 0" in first.transcript, "what was read is still there"
    assert second.status is PageStatus.OK
    with pytest.raises(FilterFailed):
        load(paper, on_first_page, strict=True)
