"""What happens where a page end is taken out: words become whole, rows follow on rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr2_loaders.blocks.table import Table

_HYPHENS = "-\u2010\u00ad"
_LAST_WORD = re.compile(r"\w+\Z")
_LONGEST_WORD = 100
_GOES_ON = re.compile(r"\w+")
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef]")
"""Scripts that put no spaces between words, and their punctuation."""
_OPENING, _CLOSING = "<table>", "</table>"


def paragraphs_joined(upper: str, lower: str) -> str:
    """Two parts of a paragraph as one; a hyphen goes where it only marked the cut."""
    upper, lower = upper.rstrip(), lower.lstrip()
    if not upper or not lower:
        return upper + lower
    if upper[-1] in _HYPHENS and (cut := _LAST_WORD.search(upper[-_LONGEST_WORD:-1])):
        return upper[: _length_kept(upper, lower, cut[0])] + lower
    if _WITHOUT_SPACES.match(upper[-1]) and _WITHOUT_SPACES.match(lower[0]):
        return upper + lower
    return f"{upper} {lower}"


def _length_kept(upper: str, lower: str, begun: str) -> int:
    """Without the hyphen, unless what follows is no rest of a word, or the text writes the word with one elsewhere."""
    rest = _GOES_ON.match(lower)
    if upper[-1] == "\u00ad":
        return len(upper) - 1
    if rest is None or not lower[0].islower() or not begun[-1].isalpha():
        return len(upper)
    compound = f"{begun}-{rest[0]}"
    return len(upper) if compound in upper or compound in lower else len(upper) - 1


def lines_without_head(text: str, num_rows: int) -> str:
    """A table's text, a row a line, without its first rows."""
    return "\n".join(text.split("\n")[num_rows:]) if num_rows else text


def tables_joined(parts: Sequence[tuple[Table, int]]) -> Table:
    """One table of all rows of its parts; of each part so many leading rows are left out."""
    if len(parts) == 1:
        return parts[0][0]
    first, _ = parts[0]
    rows = tuple(row for table, left_out in parts for row in table.rows[left_out:])
    html = "".join(row for table, left_out in parts for row in rows_html(table)[left_out:])
    return Table(f"{_OPENING}{html}{_CLOSING}", rows, first.num_header_rows)


def rows_html(table: Table) -> list[str]:
    """The `<tr>` elements of a table as `Table.html` has them: they hold no other tables."""
    inner = table.html.removeprefix(_OPENING).removesuffix(_CLOSING)
    return [f"<tr>{row}" for row in inner.split("<tr>")[1:]]
