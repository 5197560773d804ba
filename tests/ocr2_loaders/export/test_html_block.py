from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from ocr2_loaders.blocks import blocks_of
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.export.html_block import block_html
from tests.support.results import block

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src=http://evil.example></iframe>",
    "<style>@import 'http://evil.example'</style>",
    "</table><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "![x](http://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "</p><object data=x></object>",
    r"\(\href{javascript:alert(1)}{x}\)",
    r"\(\style{background:url(http://evil.example)}{x}\)",
    r"\(\text{<script>alert(1)</script>}\)",
    r"\(</math><script>alert(1)</script>\)",
    "**<script>alert(1)</script>**",
    "<b onclick=alert(1)>x</b>",
    "<!--><script>alert(1)</script>-->",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
]
TEXT_TAGS = "b br code i ol p pre sub sup table tbody td th thead tr u ul li h1 h2 h3 h4 h5 h6"
FORMULA_TAGS = (
    "math mi mn mo mrow mtext mstyle mfrac msqrt mroot mspace msub msup msubsup mover munder munderover mtable mtr mtd "
    "menclose mpadded mphantom"
)
SAFE_TAGS = {*TEXT_TAGS.split(), *FORMULA_TAGS.split()}
ADDRESSES = {"href", "src", "style", "srcset", "action", "data", "xlink:href", "background"}


def check_harmless(written: str) -> None:
    """By a parser: known elements only, and no attribute that runs, links or styles anything."""
    for element in html.fromstring(f"<main>{written}</main>").iterdescendants():
        assert element.tag in SAFE_TAGS, written
        assert not ADDRESSES & set(element.attrib), written
        assert not [name for name in element.attrib if name.startswith("on")], written


def written(label: BlockLabel, body: str) -> list[str]:
    """What a span of that kind becomes, through the parser that reads the model."""
    blocks = blocks_of(f"<|ref|>{label}<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n{body}", page_index=0, file_sha256="0")
    return [block_html(each) for each in blocks]


@pytest.mark.parametrize("label", ["text", "title", "table", "equation", "image_caption", "code", "list", "header"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_f28_no_page_puts_anything_active_into_html(label: Any, attack: str) -> None:
    for body in (
        attack,
        f"words {attack} words",
        f"- item {attack}\n- item",
        f"<table><tr><td>{attack}</td></tr></table>",
    ):
        for each in written(label, body):
            check_harmless(each)


@given(st.sampled_from(BlockLabel), st.lists(st.sampled_from([*ATTACKS, "<table>", "<td>", "**", "\\(", "x", "\n"])))
def test_f28_nor_does_any_mixture(label: BlockLabel, pieces: list[str]) -> None:
    text = "".join(pieces)
    check_harmless(block_html(block(label=label, text=text, markdown=text, latex=text)))


@given(st.text(st.characters(codec=None), max_size=60))
def test_text_of_any_kind_comes_through_as_text(text: str) -> None:
    check_harmless(block_html(block(text=text)))


def test_f28_text_of_a_cell_is_kept() -> None:
    (table,) = written("table", "<table><tr><td>1 < 2 & <script>alert(1)</script></td></tr></table>")  # type: ignore[arg-type] # the model's own word
    assert "1 &lt; 2 &amp; &lt;script&gt;alert(1)" in table


def test_a_heading_has_the_level_that_the_document_gives_it() -> None:
    heading = block(label=BlockLabel.HEADING, text="Data", markdown="## Data", heading_level=2)
    assert block_html(heading) == "<h2>Data</h2>"
    assert block_html(heading, 4) == "<h4>Data</h4>"
    assert block_html(heading, 9) == "<h6>Data</h6>"


def test_words_keep_their_looks_and_lines() -> None:
    text = "**bold** H<sub>2</sub>O, *not* marked\nnext"
    assert block_html(block(text=text)) == ('<p class="text"><b>bold</b> H<sub>2</sub>O, *not* marked<br>next</p>')


def test_a_mark_that_keeps_text_from_being_a_heading_is_not_shown() -> None:
    assert block_html(block(markdown="\\# comment")) == '<p class="text"># comment</p>'


def test_formulas_are_drawn_by_the_browser() -> None:
    formula = block(label=BlockLabel.FORMULA, markdown="\\[ x^2 \\]", latex="x^2")
    (math,) = html.fromstring(f"<main>{block_html(formula)}</main>").iter("math")
    assert math.get("display") == "block"
    assert math.get("alttext") == "x^2"
    assert [each.text for each in math.iter("mi", "mn")] == ["x", "2"]


def test_a_formula_within_a_sentence_and_within_a_cell_is_one_too() -> None:
    assert block_html(block(text="where \\(x<y\\) holds")).count("<math") == 1
    (table,) = written("table", "<table><tr><td>\\(a<b\\)</td></tr></table>")  # type: ignore[arg-type] # the model's own word
    assert html.fromstring(table).find(".//math").get("alttext") == "a<b"


def test_latex_that_is_none_is_shown_as_it_was_read() -> None:
    assert block_html(block(text="\\(\\left(a\\)")) == '<p class="text"><code>\\left(a</code></p>'


def test_a_list_is_nested_and_counts_as_the_page_does() -> None:
    markdown = "3. three\n   - inner\n4. four"
    assert block_html(block(label=BlockLabel.LIST, markdown=markdown)) == (
        '<ol><li value="3">three<ul><li>inner</li></ul></li><li value="4">four</li></ol>'
    )


def test_a_table_keeps_its_spans() -> None:
    body = '<table><tr><td rowspan="2">a</td><td colspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></table>'
    (table,) = written("table", body)  # type: ignore[arg-type] # the model's own word
    assert '<td rowspan="2">a</td><td colspan="2">b</td>' in table


def test_code_keeps_its_lines() -> None:
    assert block_html(block(label=BlockLabel.CODE, text="if a < b:\n    c")) == (
        "<pre><code>if a &lt; b:\n    c</code></pre>"
    )


def test_a_figure_without_words_is_nothing_to_read() -> None:
    figure: Block = block((1, 2, 3, 4), label=BlockLabel.FIGURE, text="")
    assert block_html(figure) == ""
