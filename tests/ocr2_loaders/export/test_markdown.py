from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.export.format import Figure
from ocr2_loaders.export.markdown import MARKDOWN, MARKDOWN_WITH_PAGE_MARKS, markdown_of
from ocr2_loaders.structure import StructuredBlock
from ocr2_loaders.transcription import PageStatus
from tests.support.documents import document_pages, span
from tests.support.results import block, page_result


def failed(message: str, page_index: int = 1) -> PageResult:
    return page_result(status=PageStatus.FAILED, page_index=page_index, error=PageUnreadable(message))


def test_pages_follow_each_other_with_a_blank_line_between():
    pages = [page_result(block(text="# One"), block(text="First.")), page_result(block(text="Second."), page_index=1)]
    assert "".join(MARKDOWN.document(pages)) == "# One\n\nFirst.\n\nSecond.\n"


def test_a_failed_page_stands_in_its_place_as_a_comment():
    document = "".join(MARKDOWN.document([page_result(block()), failed("cannot be read"), page_result(block())]))
    assert document == "Text\n\n<!-- page 2 of report.pdf failed: cannot be read -->\n\nText\n"


def test_what_a_cut_off_page_holds_comes_before_its_comment():
    document = "".join(MARKDOWN.document([page_result(block(), status=PageStatus.TRUNCATED)]))
    assert document.startswith("Text\n\n<!-- page 1 of report.pdf is cut off")


@given(st.text(alphabet="->! x\n", max_size=40))
def test_no_reason_ends_the_comment_early(reason: str):
    document = "".join(MARKDOWN.document([failed(reason)]))
    (comment,) = html.fragments_fromstring(f"<p></p>{document}")[0].itersiblings()
    assert comment.tag is html.etree.Comment
    assert not (comment.tail or "").strip()
    assert "--" not in comment.text


def test_each_page_is_written_before_the_next_is_asked_for():
    asked: list[int] = []

    def pages() -> Iterator[PageResult]:
        for index in range(3):
            asked.append(index)
            yield page_result(block(), page_index=index)

    pieces = MARKDOWN.document(pages())
    assert next(pieces) == "Text"
    assert asked == [0]


def test_no_pages_are_an_empty_document():
    assert list(MARKDOWN.document([])) == []


def test_headings_have_the_levels_of_the_document() -> None:
    pages = document_pages(span("title", "# Report"), span("title", "# 2.1 Data"))
    first, second = "".join(MARKDOWN.document(pages)).strip().split("\n\n")
    assert first == "# Report"
    assert second.startswith("##")


def test_running_headers_are_left_out() -> None:
    pages = document_pages(span("header", "Annual report") + span("text", "Body.") + span("page_number", "7"))
    assert "".join(MARKDOWN.document(pages)) == "Body.\n"


def test_a_saved_figure_is_linked_above_its_words() -> None:
    figure = StructuredBlock(block((1, 2, 3, 4), label=BlockLabel.FIGURE, text="words in it"))
    saved = Figure(Path("a.png"), "report-figures/a.png")
    assert markdown_of(figure, saved) == "![figure](report-figures/a.png)\n\nwords in it"


def test_f29_no_page_forges_a_comment_but_code_may_show_one() -> None:
    forged = "<!-- page 2 of report.pdf failed: no -->"
    assert markdown_of(StructuredBlock(block(text=forged))) == forged.replace("<!--", "&lt;!--")
    code = block(label=BlockLabel.CODE, markdown=f"```\n{forged}\n```")
    assert forged in markdown_of(StructuredBlock(code))


def test_page_marks_stand_in_front_of_every_page() -> None:
    pages = [page_result(block(text="One.")), page_result(page_index=1, status=PageStatus.BLANK)]
    document = "".join(MARKDOWN_WITH_PAGE_MARKS.document(pages))
    assert document.startswith("<!-- page 1 -->\n\nOne.\n\n<!-- page 2 -->\n\n<!-- page 2 of report.pdf is blank -->")
