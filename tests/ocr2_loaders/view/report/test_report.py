from __future__ import annotations

import re
import weakref
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import numpy as np
from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.contract import EngineIdentity, FinishReason
from ocr2_loaders.blocks import Block, PageResult, Table
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.settings import RecoveryWay
from ocr2_loaders.structure import StructuredBlock, StructuredPage, structured_pages
from ocr2_loaders.transcription import Attempt, PageStatus
from ocr2_loaders.view.report import report
from tests.support.hostile_markup import ADDRESS, hostile_page
from tests.support.requests import source
from tests.support.results import block, changed, page_result

_RENDERED = {"width_px": 30, "height_px": 40}


def _pixels(_: PageResult) -> np.ndarray:
    return np.full((40, 30, 3), 255, np.uint8)


def _written(*pages: PageResult) -> str:
    return "".join(report(structured_pages(pages), _pixels))


def _parsed(*pages: PageResult) -> Tag:
    return BeautifulSoup(_written(*pages), "html.parser")


def _page(*blocks: Block, **changes: object) -> Tag:
    (section,) = _parsed(page_result(*blocks, **(_RENDERED | changes))).select(".page")
    return section


def _words(elements: list[Tag]) -> list[str]:
    return [" ".join(element.get_text().split()) for element in elements]


def test_every_page_has_its_picture_and_its_blocks_in_reading_order() -> None:
    pages = [
        page_result(block((0, 0, 9, 9), text=f"page {index}"), block((9, 9, 19, 19), text="end"), page_index=index)
        for index in range(3)
    ]
    sections = _parsed(*(changed(page, **_RENDERED) for page in pages)).select(".page")
    assert [section.get("id") for section in sections] == ["page-1", "page-2", "page-3"]
    for index, section in enumerate(sections):
        assert len(section.select("image[href^='data:image/webp']")) == 1
        assert _words(section.select(".content")) == [f"page {index}", "end"]


def test_a_block_bears_the_number_of_its_boxes() -> None:
    section = _page(block((10, 100, 90, 200), (10, 300, 90, 400)), block((10, 500, 90, 600)))
    assert [part.get("data-block") for part in section.select("article")] == ["1", "2"]
    assert [part.get("data-block") for part in section.select(".frames rect")] == ["1", "1", "2"]
    assert _words(section.select(".tag text")) == ["1", "1", "2"]
    assert len(section.select(".order path")) == len(section.select(".tag")) - 1


def test_a_page_says_how_it_ended_and_why() -> None:
    engine = EngineIdentity("vllm", "1", "some model")
    section = _page(
        status=PageStatus.LOOPED,
        engine=engine,
        finish_reason=FinishReason.REPETITION,
        warnings=("the engine repeated itself",),
        missing_words=0.25,
        attempts=(
            Attempt(None, engine, FinishReason.REPETITION, "a loop"),
            Attempt(RecoveryWay.HALVES, engine, FinishReason.STOP, None),
        ),
    )
    assert section.get("data-problem") is not None
    assert _words(section.select(".status")) == ["looped"]
    assert _words(section.select(".facts span")) == [
        "vllm",
        "ended by repetition",
        "300 × 400 pt at 0 dpi",
        "25.0 % of words missing",
    ]
    assert _words(section.select(".reasons li")) == ["the engine repeated itself"]
    assert _words(section.select(".attempts tbody td")) == [
        *("as usual", "vllm", "repetition", "a loop"),
        *("halves", "vllm", "stop", "none"),
    ]


def test_a_page_that_failed_gives_its_reason_without_a_picture() -> None:
    section = _page(status=PageStatus.FAILED, error=PageUnreadable("the page is torn"), width_px=0)
    assert _words(section.select(".reasons li")) == ["the page is torn"]
    assert not section.select("svg")


def test_good_pages_are_no_problem() -> None:
    for status in (PageStatus.OK, PageStatus.RECOVERED, PageStatus.BLANK):
        assert _page(status=status).get("data-problem") is None


def test_boxes_stand_on_an_empty_sheet_where_the_picture_is_gone() -> None:
    def gone(_: PageResult) -> np.ndarray:
        raise PageUnreadable("the file was moved")

    page = page_result(block((10, 10, 90, 20), label=BlockLabel.FIGURE, text=""), **_RENDERED)
    text = "".join(report(structured_pages([page]), gone))
    (section,) = BeautifulSoup(text, "html.parser").select(".page")
    assert _words(section.select(".reasons li")) == ["No picture: the file was moved"]
    assert len(section.select(".frames rect")) == 1
    assert not section.select("image, use")


def test_a_figure_shows_its_part_of_the_picture() -> None:
    section = _page(block((0, 0, 999, 999), label=BlockLabel.FIGURE, text="", markdown=""))
    (crop,) = section.select(".crop")
    (use,) = crop.select("use")
    (image,) = section.select(".sheet image")
    assert use.get("href") == f"#{image.get('id')}"
    assert crop.get("viewbox") == "0.0 0.0 1000.0 1333.3"


def test_a_block_says_what_the_rest_of_the_document_says_about_it() -> None:
    table, caption = block(label=BlockLabel.TABLE, id="t"), block(label=BlockLabel.CAPTION, id="c")
    page = page_result(
        table, caption, block(label=BlockLabel.HEADER), block(label=BlockLabel.HEADING, confidence=0.876)
    )
    facts: list[dict[str, object]] = [
        {"caption_ids": ("c", "elsewhere"), "continues_id": "earlier"},
        {"captioned_ids": ("t",)},
        {"is_running": True},
        {"heading_level": 3},
    ]
    blocks = tuple(StructuredBlock(each, **known) for each, known in zip(page.blocks, facts, strict=True))
    kinds = BeautifulSoup("".join(report([StructuredPage(page, blocks)], _pixels)), "html.parser").select(".kind")
    assert _words(kinds) == [
        "1 table captioned by 2 goes on from an earlier page no box",
        "2 caption about 1 no box",
        "3 header left out of the text no box",
        "4 heading level 3 88 % sure no box",
    ]


@given(text=st.text(max_size=200))
def test_any_text_stays_text(text: str) -> None:
    page = page_result(
        block(text=text, markdown=text, model_label=text, notes=(text,)),
        warnings=(text,),
        transcript=text,
        page_label=text,
        source=replace(source(), name=text),
    )
    document = _parsed(page)
    own = ["style", "h1", "section", "h2", "article", "script"]
    assert [element.name for element in document.select(", ".join(own))] == own
    if not set(text) & set("\r\0"):
        assert [part.get_text() for part in document.select(".transcript pre")] == ([text] if text else [])


def test_tables_and_formulas_are_drawn() -> None:
    table = Table(
        '<table><tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></table>', (("a", "b"), ("a", "c"))
    )
    section = _page(
        block(label=BlockLabel.TABLE, table=table, markdown=table.html),
        block(label=BlockLabel.FORMULA, latex=r"\frac{a}{b}", markdown=r"\[ \frac{a}{b} \]"),
    )
    assert _words(section.select(".content td")) == ["a", "b", "c"]
    assert section.select(".content td")[0].get("rowspan") == "2"
    assert len(section.select(".content math mfrac")) == 1


def test_the_policy_knows_the_style_and_the_script_and_lets_nothing_be_fetched() -> None:
    document = _parsed(page_result())
    (meta,) = document.select("meta[http-equiv]")
    policy = dict(directive.split(" ", 1) for directive in meta.get("content").split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "data:"
    for name, directive in {"style": "style-src", "script": "script-src"}.items():
        (element,) = document.select(name)
        digest = b64encode(sha256(element.get_text().encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"


def test_the_policy_comes_before_everything_that_it_governs() -> None:
    text = _written(page_result())
    assert text.index("Content-Security-Policy") < min(text.index(mark) for mark in ("<title", "<link", "<style"))


def test_hostile_content_leaves_nothing_active() -> None:
    document = _parsed(hostile_page())
    assert len(document.select("script")) == len(document.select("style")) == 1
    assert not document.select("iframe, object, embed, base, form, video, a[href^='javascript'], a:not([href^='#'])")
    for element in document.find_all(True):
        assert not {name for name in element.attrs if name.startswith("on") or name == "style"}, element
        for name in {"href", "src", "action", "poster", "xlink:href"} & set(element.attrs):
            assert str(element[name]).startswith(("#", "data:")), element


def test_hostile_content_is_still_there_to_be_read() -> None:
    texts = _words(_parsed(hostile_page()).select(".content"))
    assert any("window.harmed=1" in text for text in texts)
    assert any(ADDRESS in text for text in texts)


def test_a_template_in_the_content_is_text() -> None:
    section = _page(block(text="{{ 7 * 7 }}", markdown="{{ 7 * 7 }}"), warnings=("{% if %}",))
    assert _words(section.select(".content")) == ["{{ 7 * 7 }}"]
    assert _words(section.select(".reasons li")) == ["{% if %}"]


def test_no_address_stands_where_a_browser_would_look_it_up() -> None:
    without_text = re.sub(r'xmlns="[^"]*"', "", _written(page_result(block((1, 1, 9, 9)), **_RENDERED)))
    assert "://" not in without_text


def test_no_pages_make_no_report() -> None:
    assert not list(report([], _pixels))


def test_pages_are_written_as_they_come_and_then_forgotten() -> None:
    num_drawn = 0
    pictures: list[weakref.ref[np.ndarray]] = []

    def pages() -> Iterator[StructuredPage]:
        nonlocal num_drawn
        for num_drawn in range(1, 21):
            yield StructuredPage(page_result(page_index=num_drawn, **_RENDERED), ())

    def pixels_of(page: PageResult) -> np.ndarray:
        pixels = _pixels(page)
        pictures.append(weakref.ref(pixels))
        return pixels

    for num_pieces, _ in enumerate(report(pages(), pixels_of)):
        assert num_drawn == min(20, max(1, num_pieces))
        assert sum(picture() is not None for picture in pictures) <= 1
    assert len(pictures) == 20
