from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr2_loaders.blocks.pipe_table import pipe_rows_in
from ocr2_loaders.blocks.table import Table, TableReading, table_from
from ocr2_loaders.blocks.table_markup import rows_in
from tests.support.odd_markup import odd_markup


def reading(html: str) -> TableReading:
    rows = rows_in(html)
    assert rows is not None
    return table_from(rows[0])


def table(html: str) -> Table:
    return reading(html).table


def test_cells_become_rows_and_clean_html() -> None:
    read = table('<table border="1" onclick="x()"><tr><td class="a">1</td><td>2 &amp; 3</td></tr></table>')
    assert read.rows == (("1", "2 & 3"),)
    assert read.html == "<table><tr><td>1</td><td>2 &amp; 3</td></tr></table>"


def test_spanning_cells_stand_in_each_of_their_places() -> None:
    read = reading(
        '<table><tr><th rowspan="2">Wall</th><th colspan="2">Cover</th></tr><tr><th>N</th><th>S</th></tr>'
        "<tr><td>1</td><td>2</td><td>3</td></tr></table>"
    )
    assert read.table.rows == (("Wall", "Cover", "Cover"), ("Wall", "N", "S"), ("1", "2", "3"))
    assert read.table.num_header_rows == 2
    assert 'rowspan="2"' in read.table.html
    assert 'colspan="2"' in read.table.html
    assert read.text == "Wall\tCover\nWall\tN\tS\n1\t2\t3"
    assert read.notes == ()


def test_a_head_counts_as_header_rows_without_header_cells() -> None:
    assert (
        table("<table><thead><tr><td>a</td></tr></thead><tbody><tr><td>b</td></tr></tbody></table>").num_header_rows
        == 1
    )


def test_header_cells_in_front_of_each_row_are_no_header_row() -> None:
    assert table("<table><tr><th>a</th><td>1</td></tr><tr><th>b</th><td>2</td></tr></table>").num_header_rows == 0


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>a<td>b<tr><td>c<td>d",
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>",
        "<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
        "<TABLE><TR><TD>a</TD><TD>b</TD></TR><TR><TD>c</TD><TD>d</TD></TR></TABLE>",
        "<td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></table>",
        '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr><tr><td rowspan="',
    ],
)
def test_tables_that_are_not_closed_or_not_opened_are_read(html: str) -> None:
    assert table(html).rows[:2] == (("a", "b"), ("c", "d"))


def test_rows_of_different_lengths_are_filled_up() -> None:
    assert table("<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></table>").rows == (("a", ""), ("b", "c"))


@pytest.mark.parametrize("span", ["0", "-1", "x", "", "1000000000", "9" * 5000, "1.5", "٣"])
def test_spans_that_make_no_sense_cannot_enlarge_a_table(span: str) -> None:
    read = reading(f'<table><tr><td rowspan="{span}" colspan="{span}">a</td><td>b</td></tr><tr><td>c</td></tr></table>')
    assert len(read.table.rows) == 2
    assert len(read.table.rows[0]) <= 3
    assert read.notes == ("spans that the table cannot hold were cut",)


def test_a_table_whose_spans_would_fill_memory_is_given_without_spans() -> None:
    read = reading("<table>" + '<tr><td colspan="99">x</td></tr>' * 20_000)
    assert read.table.rows[0] == ("x",)
    assert "left out" in read.notes[-1]


def test_an_inner_table_becomes_lines_of_its_cell() -> None:
    read = table("<table><tr><td>a<table><tr><td>x</td><td>y</td></tr></table>b</td><td>c</td></tr></table>")
    assert read.rows == (("a\nx y\nb", "c"),)
    assert read.html.count("<table>") == 1


def test_line_breaks_and_simple_styles_stay_in_the_html() -> None:
    read = reading("<table><tr><td>1<br>2<br/></td><td>H<sub>2</sub>O <strong>x</strong></td></tr></table>")
    assert read.table.rows == (("1\n2", "H2O x"),)
    assert read.table.html == "<table><tr><td>1<br>2</td><td>H<sub>2</sub>O <b>x</b></td></tr></table>"
    assert read.text == "1 2\tH2O x"


def test_text_that_only_looks_like_tags_stays_text() -> None:
    read = table("<table><tr><td>\\(a<b\\) <script>x</script> <i and j></td><td>p < 0.05</td></tr></table>")
    assert read.rows == (("\\(a<b\\) <script>x</script> <i and j>", "p < 0.05"),)
    assert "<script" not in read.html


def test_text_outside_the_cells_is_given_back() -> None:
    rows = rows_in("<table><caption>Rain</caption><tr><td>a</td></tr>loose<tr><td>b</td></tr></table>")
    assert rows is not None
    assert len(rows[0]) == 2
    assert rows[1] == "Rain loose"


def test_a_table_nested_beyond_reason_is_not_read() -> None:
    assert rows_in("<table><tr><td>" * 100) is None
    assert rows_in("<table><tr><td>" + "<sup>" * 100 + "</i>" * 100) is None


def test_a_pipe_table_is_read_with_its_header() -> None:
    rows = pipe_rows_in("| Wall | Cover \\| % |\n|:--|--:|\n| 1 | 0.4 |\n| 2 | |")
    assert rows is not None
    assert table_from(rows).table.rows == (("Wall", "Cover | %"), ("1", "0.4"), ("2", ""))
    assert table_from(rows).table.num_header_rows == 1


@pytest.mark.parametrize("text", ["| a | b |", "a | b\n--|--", "|a|\n|-|\nprose", "| a |\n| b |"])
def test_text_with_bars_is_no_table(text: str) -> None:
    assert pipe_rows_in(text) is None


class TagsSeen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


@settings(max_examples=300)
@given(odd_markup())
def test_html_holds_safe_tags_only_and_rows_are_a_full_grid(text: str) -> None:
    rows = rows_in(text)
    if rows is None or not rows[0]:
        return
    read = table_from(rows[0]).table
    seen = TagsSeen()
    seen.feed(read.html)
    assert seen.tags <= {"table", "tr", "td", "th", "br", "sup", "sub", "b", "i", "u"}
    assert seen.attributes <= {"rowspan", "colspan"}
    assert len({len(row) for row in read.rows}) <= 1


@given(st.lists(st.lists(st.text(alphabet="ab<>&\"' é", min_size=1), min_size=2, max_size=4), min_size=1, max_size=5))
def test_html_of_a_table_reads_back_as_the_same_table(rows: list[list[str]]) -> None:
    html = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    once = table(f"<table>{html}</table>")
    assert table(once.html) == once
