"""A table's HTML as it is compared."""

import pytest
from bs4.exceptions import ParserRejectedMarkup

from ocr2_loaders.bench.normalisation import normal_table


def content_of(markup):
    normal = normal_table(markup)
    start, end = '<html><body><table border="1" >', "</table></body></html>"
    assert normal.startswith(start)
    assert normal.endswith(end)
    return normal.removeprefix(start).removesuffix(end)


@pytest.mark.parametrize(
    ("inside", "content"),
    [
        ("<tr><th>A</th></tr>", "<tr><td>A</td></tr>"),
        ("<thead><tr><td>A</td></tr></thead><tbody><tr></tr></tbody>", "<tr><td>A</td></tr><tr></tr>"),
        ('<tr><td style="x" align="left" class="c" width="3" height="4">A</td></tr>', "<tr><td>A</td></tr>"),
        ('<tr><td colspan="2" rowspan="3">A</td></tr>', '<tr><td colspan="2" rowspan="3">A</td></tr>'),
        ("<tr><td><span>A</span> <p>B</p><sup>C</sup><div>D</div></td></tr>", "<tr><td>A BCD</td></tr>"),
        ("<tr><td><b>A</b><br>B</td></tr>", "<tr><td><b>A</b><br/>B</td></tr>"),
        ("<tr><td>a\nb   c</td></tr>", "<tr><td>ab c</td></tr>"),
        ("<tr><td>&lt;b&gt; &amp;</td></tr>", "<tr><td><b> &</td></tr>"),
        ("<tr><td>①㈱ｘ</td></tr>", "<tr><td>1(株)x</td></tr>"),
        ('<tr><td><math alttext="a^2"><mi>a</mi></math></td></tr>', "<tr><td>$a^2$</td></tr>"),
        ("<tr><td><math><mi>a</mi></math></td></tr>", "<tr><td>$$</td></tr>"),
        ("<colgroup><col></colgroup><tr></tr>", "<tr></tr>"),
        ("", ""),
    ],
)
def test_style_head_and_inline_tags_go_and_the_cells_stay(inside, content):
    assert content_of(f"<table>{inside}</table>") == content


def test_of_nested_tables_the_outermost_content_is_kept():
    assert content_of("<table><tr><td>a<table><tr></tr></table></td></tr></table>") == (
        "<tr><td>a<table><tr></tr></table></td></tr>"
    )


def test_an_unclosed_table_is_closed():
    assert content_of("<table><tr><td>a") == "<tr><td>a</td></tr>"


def test_text_around_the_table_is_dropped():
    assert content_of("<div>before <table><tr></tr></table> after</div>") == "<tr></tr>"


def test_markup_without_a_table_is_empty():
    assert normal_table("plain text") == ""
    assert normal_table("") == ""


def test_markup_that_no_parser_reads_is_refused():
    with pytest.raises(ParserRejectedMarkup):
        normal_table("<table><![broken[</table>")
