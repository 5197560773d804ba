"""The report as a browser shows it. Each wall must hold alone: hostile content is also tried without the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ocr2_loaders.blocks import PageResult
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.structure import structured_pages
from ocr2_loaders.transcription import PageStatus
from ocr2_loaders.view.report import report
from tests.support.browser import browser
from tests.support.hostile_markup import hostile_page
from tests.support.results import block, page_result

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

_HEIGHT, _WIDTH = 800, 600
_RENDERED = {"width_px": _WIDTH, "height_px": _HEIGHT}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def _pixels(_: PageResult) -> np.ndarray:
    """White above, blue below."""
    pixels = np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8)
    pixels[_HEIGHT // 2 :] = (0, 0, 255)
    return pixels


def _report_file(folder: Path, pages: Sequence[PageResult]) -> str:
    path = folder / "report.html"
    text = "".join(report(structured_pages(pages), _pixels))
    path.write_bytes(text.encode(errors="backslashreplace"))
    return path.as_uri()


def _opened(chromium: Browser, url: str, **options: object) -> Page:
    page = chromium.new_context(viewport={"width": 1200, "height": 700}, **options).new_page()  # type: ignore[arg-type]  # playwright's own options
    page.goto(url)
    return page


def _two_pages() -> list[PageResult]:
    paragraphs = [block((100, 100 + 250 * place, 900, 300 + 250 * place), text=f"words {place}") for place in range(3)]
    return [
        page_result(*paragraphs, **_RENDERED),
        page_result(*paragraphs, page_index=1, status=PageStatus.FAILED, error=PageUnreadable("torn"), **_RENDERED),
    ]


def _lit(page: Page) -> list[tuple[str, str]]:
    """The lit elements by name and number, with the page that they stand on."""
    found = page.locator(".lit").evaluate_all(
        "parts => parts.map(part => [part.closest('.page').id, `${part.tagName.toLowerCase()} ${part.dataset.block}`])"
    )
    return [(where, what) for where, what in found]


_SECOND_LIT = [("page-1", "rect 2"), ("page-1", "g 2"), ("page-1", "article 2")]


def test_pointing_at_a_block_lights_its_box_and_the_other_way_round(chromium: Browser, tmp_path: Path) -> None:
    page = _opened(chromium, _report_file(tmp_path, _two_pages()))
    assert _lit(page) == []
    page.locator("#page-1 article").nth(1).hover()
    assert _lit(page) == _SECOND_LIT
    page.locator("#page-1 .frames rect[data-block='3']").hover()
    assert _lit(page) == [("page-1", "rect 3"), ("page-1", "g 3"), ("page-1", "article 3")]
    page.locator("#page-1 .tag[data-block='2']").hover()
    assert _lit(page) == _SECOND_LIT
    page.locator("h1").hover()
    assert _lit(page) == []


def test_a_lit_box_and_a_lit_block_look_otherwise(chromium: Browser, tmp_path: Path) -> None:
    page = _opened(chromium, _report_file(tmp_path, _two_pages()))

    def looks() -> tuple[str, str]:
        opacity = page.locator("#page-1 .frames rect[data-block='2']").evaluate("e => getComputedStyle(e).fillOpacity")
        ground = page.locator("#page-1 article").nth(1).evaluate("e => getComputedStyle(e).backgroundColor")
        return opacity, ground

    page.locator("h1").hover()
    before = looks()
    page.locator("#page-1 article").nth(1).hover()
    after = looks()
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_the_keyboard_lights_blocks_too(chromium: Browser, tmp_path: Path) -> None:
    page = _opened(chromium, _report_file(tmp_path, _two_pages()))
    page.locator("#page-1 h2 a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert _lit(page) == _SECOND_LIT
    page.locator("#page-1 .frames rect[data-block='1']").click()
    assert page.evaluate("document.activeElement.dataset.block") == "1"


def test_enter_brings_the_box_of_a_block_into_view(chromium: Browser, tmp_path: Path) -> None:
    page = _opened(chromium, _report_file(tmp_path, _two_pages()))
    page.set_viewport_size({"width": 400, "height": 500})
    last = page.locator("#page-1 article").nth(2)
    last.focus()
    page.keyboard.press("Enter")
    box = page.locator("#page-1 .frames rect[data-block='3']").bounding_box()
    assert box is not None
    assert -1 < box["y"] < 500


def test_the_report_sums_up_its_pages_and_leads_to_the_problems(chromium: Browser, tmp_path: Path) -> None:
    page = _opened(chromium, _report_file(tmp_path, _two_pages()))
    assert page.locator("#summary").inner_text() == "2 pages: 1 ok, 1 failed"
    page.get_by_role("button", name="Next problem").click()
    assert page.url.endswith("#page-2")
    page.get_by_label("Problems only").check()
    assert not page.locator("#page-1").is_visible()
    assert page.locator("#page-2").is_visible()


def test_without_scripts_everything_is_there_but_the_light(chromium: Browser, tmp_path: Path) -> None:
    page = _opened(chromium, _report_file(tmp_path, _two_pages()), java_script_enabled=False)
    assert page.locator("article").count() == 6
    assert not page.get_by_role("button", name="Next problem").is_visible()


def test_the_picture_and_a_figure_from_it_are_drawn(chromium: Browser, tmp_path: Path) -> None:
    figure = block((0, 600, 999, 900), label=BlockLabel.FIGURE, text="", markdown="")
    page = _opened(chromium, _report_file(tmp_path, [page_result(figure, **_RENDERED)]))
    page.locator("#boxes").uncheck()
    page.locator("#order").uncheck()
    page.locator("h1").hover()
    for selector in (".crop", ".sheet image"):
        place = page.locator(selector).first.bounding_box()
        assert place is not None
        x, y = place["x"] + 0.5 * place["width"], place["y"] + 0.7 * place["height"]
        assert _is_blue(page.screenshot(clip={"x": x, "y": y, "width": 4, "height": 4})), selector


def _is_blue(png: bytes) -> bool:
    with Image.open(BytesIO(png)) as image:
        red, green, blue = np.asarray(image.convert("RGB")).mean(axis=(0, 1))
    return bool(red < 40 and green < 40 and blue > 200)


@pytest.mark.parametrize("bypass_csp", [False, True], ids=["with the policy", "without the policy"])
def test_nothing_in_the_content_runs_or_is_fetched(chromium: Browser, tmp_path: Path, bypass_csp: bool) -> None:
    url = _report_file(tmp_path, [hostile_page(), replace(hostile_page(1), error=None, status=PageStatus.OK)])
    asked: list[str] = []
    dialogs: list[str] = []
    page = chromium.new_context(bypass_csp=bypass_csp).new_page()

    def note(request: Request) -> None:
        if not request.url.startswith("data:image/webp"):
            asked.append(request.url)

    page.on("request", note)
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(url)
    page.locator("article").first.hover()
    for handle in page.locator("article").all()[:30]:
        handle.focus()
    page.evaluate("document.querySelectorAll('.content *').forEach(each => each.dispatchEvent(new Event('click')))")
    assert page.evaluate("window.harmed") is None
    assert [each for each in asked if each not in (url, "data:,")] == []
    assert dialogs == []
    assert page.evaluate("document.querySelectorAll('script').length") == 1
    assert page.url == url


def test_the_harness_sees_harm_where_there_is_harm(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text("<img src='http://evil.invalid/x'><script>window.harmed=1</script>")
    asked: list[str] = []
    page = chromium.new_context().new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("window.harmed") == 1
    assert "http://evil.invalid/x" in asked


def test_the_report_fits_a_narrow_screen_and_paper(chromium: Browser, tmp_path: Path) -> None:
    wide = block(
        (0, 0, 999, 100),
        label=BlockLabel.CODE,
        text="x" * 2000,
        markdown="x" * 2000,
    )
    page = _opened(chromium, _report_file(tmp_path, [page_result(wide, **_RENDERED)]))
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_light_and_dark_differ_and_both_can_be_read(chromium: Browser, tmp_path: Path) -> None:
    url = _report_file(tmp_path, _two_pages())
    for scheme in ("light", "dark"):
        page = _opened(chromium, url, color_scheme=scheme)
        ink, paper = page.locator("article").first.evaluate(
            "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor].map("
            "c => c.match(/[0-9]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3)"
        )
        assert (ink < paper) == (scheme == "light")
        assert abs(ink - paper) > 150
