from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ocr2_loaders
from model_runtime.contract import FinishReason
from ocr2_loaders import LoadSettings, PageStatus
from ocr2_loaders.errors import FilterFailed
from ocr2_loaders.filters import PageFilter, turned
from ocr2_loaders.pages import PageImage
from tests.support.papers import write_paper
from tests.support.scripted import Answer, ScriptedEngine

NEGATIVE = "negative"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["one", "two", "three"])


def negative(page: PageImage) -> PageImage:
    return replace(page, pixels=255 - page.pixels)


def left_half(page: PageImage) -> PageImage:
    return replace(page, pixels=page.pixels[:, : page.pixels.shape[1] // 2])


def on_second_page(what: Any) -> PageFilter:
    """A filter that returns `what`, or raises it, for the second page."""

    def filter_(page: PageImage) -> PageImage:
        if page.page_number != 2:
            return page
        if isinstance(what, Exception):
            raise what
        return what(page) if callable(what) else what

    return filter_


def writing(answer: Answer = "words") -> ScriptedEngine:
    return ScriptedEngine(lambda _: answer)


def load(source: Path, engine: ScriptedEngine, *filters: Any, strict: bool = False) -> list[ocr2_loaders.PageResult]:
    return list(ocr2_loaders.load(source, settings=LoadSettings(page_filters=filters), engine=engine, strict=strict))


def test_the_engine_sees_what_the_filters_left_in_their_order(paper: Path) -> None:
    engine = writing()
    pages = load(paper, engine, negative, left_half)
    assert [request.pixels[0, 0].tolist() for request in engine.requests] == [[0, 0, 0]] * 3
    assert [request.pixels.shape for request in engine.requests] == [(1684, 595, 3)] * 3
    assert all(request.pixels.flags.c_contiguous for request in engine.requests)
    assert [(page.status, page.width_px) for page in pages] == [(PageStatus.OK, 595)] * 3


def test_a_turn_swaps_the_sizes_of_the_page_and_is_told_of(paper: Path) -> None:
    (page, *_) = load(paper, writing(), lambda page: turned(page, 90))
    assert (page.width_pt, page.height_pt) == pytest.approx((842, 595), abs=1)  # A4
    assert (page.width_px, page.height_px) == (1684, 1191)
    assert page.turned_deg == 90


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (ValueError("no lines\nat all"), "raised ValueError: no lines at all"),
        (KeyError("x"), "raised KeyError"),
        (None, "returned NoneType, not a PageImage"),
        (lambda page: replace(page, page_index=0), "returned another page"),
        (lambda page: replace(page, pixels=page.pixels[:, :, 0]), "not of shape"),
        (lambda page: replace(page, pixels=page.pixels.astype(float)), "not of shape"),
        (lambda page: replace(page, pixels=None), "not of shape"),
        (lambda page: replace(page, pixels=page.pixels[:0]), "without pixels"),
    ],
)
def test_a_filter_that_gives_up_fails_its_page_and_no_other(paper: Path, what: Any, words: str) -> None:
    engine = writing()
    pages = load(paper, engine, on_second_page(what))
    assert [page.status for page in pages] == [PageStatus.OK, PageStatus.FAILED, PageStatus.OK]
    assert [request.page_index for request in engine.requests] == [0, 2]
    error = pages[1].error
    assert isinstance(error, FilterFailed)
    assert words in error.message
    assert "paper.pdf: page 2: the filter" in error.message
    assert "on_second_page.<locals>.filter_" in error.message
    assert (error.page_number, error.stage) == (2, "filters")


def test_strictness_raises_what_a_filter_did(paper: Path) -> None:
    with pytest.raises(FilterFailed):
        load(paper, writing(), on_second_page(ValueError("no")), strict=True)


def test_what_is_no_error_of_the_filter_is_not_swallowed(paper: Path) -> None:
    def interrupted(page: PageImage) -> PageImage:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(paper, writing(), interrupted)


def test_a_page_wiped_clean_is_blank_and_says_why(paper: Path) -> None:
    engine = writing()
    pages = load(paper, engine, lambda page: replace(page, pixels=np.full_like(page.pixels, 255)))
    assert [page.status for page in pages] == [PageStatus.BLANK] * 3
    assert [page.warnings for page in pages] == [("the page's filters left no ink on it",)] * 3
    assert not engine.requests


def test_a_page_that_is_read_again_goes_through_the_filters_again(paper: Path) -> None:
    engine = writing(("one", FinishReason.LENGTH))
    list(
        ocr2_loaders.load(
            paper,
            settings=LoadSettings(page_filters=(negative,), render=ocr2_loaders.RenderSettings(pages="1")),
            engine=engine,
        )
    )
    assert len(engine.requests) > 2
    assert {request.pixels[0, 0, 0] for request in engine.requests} == {0}


def test_built_in_filters_leave_typeset_pages_alone(paper: Path) -> None:
    pytest.importorskip("jdeskew")
    pytest.importorskip("rapidocr")
    plain, cleaned = writing(), writing()
    load(paper, plain)
    pages = load(paper, cleaned, "auto-rotate", "deskew", "despeckle")
    assert [page.turned_deg for page in pages] == [0, 0, 0]
    digests = [[request.pixels_sha256() for request in engine.requests] for engine in (plain, cleaned)]
    assert digests[0] == digests[1]
