"""Markdown's pipe tables as HTML, with all that the benchmark loses on the way.

Every row is converted as a table of its own and neighbours are fused again, line by line. A cell whose line holds ":"
or "---" goes, since the separator under a head is told that way; so does the line before the first row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"<!--[\s\S]*?-->")
_ONE_TABLE = re.compile(r"<table>[\s\S]*?</table>")
_TABLE_LINE = re.compile(r"</?t(able|head|body)>")


def pipe_rows(text: str) -> list[tuple[int, int]]:
    """Start and end of each row: from a pipe to the next one that ends a line, over line breaks if need be."""
    rows = []
    start = text.find("|")
    while start >= 0 and (last := text.find("|\n", start + 1)) >= 0:
        rows.append((start, last + 2))
        start = text.find("|", last + 2)
    return rows


def with_html_tables(text: str) -> str:
    """The text with HTML in place of its pipe tables."""
    text = text.replace("\r", "") + "\n"
    merged = "\n".join(_with_fused_tables(_with_rows_as_tables(text).split("\n")))
    return merged.replace("<table>", '<table border="1" >').replace("<td>", '<td colspan="1" rowspan="1">')


def _with_rows_as_tables(text: str) -> str:
    pieces = []
    behind = 0
    for start, end in pipe_rows(text):
        pieces += [text[behind:start], _one_table(text[start:end])]
        behind = end
    return "".join([*pieces, text[behind:]])


def _one_table(row: str) -> str:
    """A row that runs over several lines is a head, a line that is lost, and a body."""
    lines = [line.strip() for line in row.strip().split("\n")]
    head = _html_row(lines[0], "th")
    body = "".join(_html_row(line, "td") for line in lines[2:])
    return f"<table>\n  <thead>\n{head}  </thead>\n  <tbody>\n{body}  </tbody>\n</table>\n"


def _html_row(line: str, tag: str) -> str:
    cells = "".join(f"      <{tag}>{cell.strip()}</{tag}>\n" for cell in line.split("|")[1:-1])
    return f"    <tr>\n{cells}    </tr>\n"


def _with_fused_tables(lines: list[str]) -> Iterator[str]:
    """Each line is settled when the next one is known: it may be the line before a table."""
    block = ""
    in_table = False
    before = ""
    for line in lines:
        if "<table>" in line:
            in_table = True
            block += before
        elif not in_table:
            yield before
        else:
            if not _is_separator(before) and "</thead>" not in before:
                block += "\n" + before
            if "</table>" in before:
                yield _fused(block)
                in_table, block = False, ""
        before = line
    if before:
        yield _fused(f"{block}\n{before}") if in_table or "</table>" in before else before


def _is_separator(line: str) -> bool:
    return ":" in line or "---" in line


def _fused(block: str) -> str:
    """One table of the rows of all tables in the block."""
    rows = [line for table in _ONE_TABLE.findall(_COMMENT.sub("", block)) for line in _row_lines(table)]
    return "\n\n<table>\n{}\n</table>\n\n".format("\n".join(rows))


def _row_lines(table: str) -> list[str]:
    """No lines for a table without cells."""
    lines = [
        line.replace("<th>", "<td>").replace("</th>", "</td>") if "<th>" in line else line for line in table.split("\n")
    ]
    kept = [line for line in lines if not _TABLE_LINE.search(line)]
    return kept if len(kept) > 2 else []
