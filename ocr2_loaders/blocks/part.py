"""What one span's body becomes: one part for each thing in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from ocr2_loaders.blocks.formula import formula_of, is_display_formula
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.pipe_table import pipe_rows_in
from ocr2_loaders.blocks.plain import plain, uncentered, without_table_tags, without_tokens
from ocr2_loaders.blocks.splitting import Kind, paragraphs_of, pieces_of
from ocr2_loaders.blocks.table import Table, TableReading, table_from
from ocr2_loaders.blocks.table_markup import rows_in


@dataclass(frozen=True, slots=True)
class Part:
    """A block without its place on the page."""

    label: BlockLabel
    text: str
    markdown: str
    heading_level: int | None = None
    table: Table | None = None
    latex: str | None = None
    notes: tuple[str, ...] = ()


_DEFAULT_LEVEL = {BlockLabel.TITLE: 1, BlockLabel.HEADING: 2}
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|(?<=##)(?=[^\s#]))")
_HEADING_LINE = re.compile(r"#{1,6}[ \t]+\S")
_MARKED_HEADING_LINE = re.compile(r"#{2,6}[ \t]+\S")
_BULLET = re.compile(r"[ \t]*(?:[-*+•·‣▪]|\[[ xX]\])[ \t]+\S")
_NUMBER = re.compile(r"[ \t]*\(?[0-9]{1,3}[.)][ \t]+\S")


def parts_of(label: BlockLabel, body: str, *, is_tagged: bool) -> list[Part]:
    """The parts of a body in its order; none where it holds no text.

    `is_tagged` is False for text that the model wrote without a tag: it is Markdown of any length, cut at blank lines.
    """
    pieces = list(pieces_of(without_tokens(body)))
    if label is BlockLabel.TABLE and len(pieces) > 1:
        label = BlockLabel.TEXT
    parts = [part for kind, piece in pieces for part in _parts_of_piece(kind, piece, label, is_tagged=is_tagged)]
    return [part for part in parts if part.text or part.table]


def _parts_of_piece(kind: Kind, piece: str, label: BlockLabel, *, is_tagged: bool) -> Iterator[Part]:
    if kind is Kind.CODE:
        yield _code(piece)
    elif kind is Kind.TABLE:
        yield from _table_parts(piece)
    elif text := without_table_tags(piece).strip():
        yield from _text_parts(label, text, is_tagged=is_tagged)


def _text_parts(label: BlockLabel, text: str, *, is_tagged: bool) -> Iterator[Part]:
    if not is_tagged:
        for paragraph in paragraphs_of(text):
            yield from _headed(paragraph) if _HEADING_LINE.match(paragraph) else [_recognised(label, paragraph)]
    elif label in _DEFAULT_LEVEL:
        yield from _heading_and_rest(label, text)
    elif label is BlockLabel.TEXT and _MARKED_HEADING_LINE.match(text):
        yield from _headed(text)
    else:
        yield _part(label, text)


def _heading_and_rest(label: BlockLabel, text: str) -> Iterator[Part]:
    """The first paragraph is the heading; what follows it under the same tag is text."""
    first, *rest = paragraphs_of(text) if "\n" in text else [text]
    yield _heading(label, first)
    for paragraph in rest:
        yield _heading(label, paragraph) if _HEADING.match(paragraph) else _recognised(BlockLabel.TEXT, paragraph)


def _headed(text: str) -> Iterator[Part]:
    """The lines at the beginning that are marked as headings, and the text below them."""
    lines = text.splitlines()
    headings = list(takewhile(_HEADING_LINE.match, lines))
    yield from (_heading(BlockLabel.HEADING, line) for line in headings)
    if rest := "\n".join(lines[len(headings) :]).strip():
        yield _recognised(BlockLabel.TEXT, rest)


def _heading(label: BlockLabel, text: str) -> Part:
    mark = _HEADING.match(text)
    level = len(mark[1]) if mark else _DEFAULT_LEVEL[label]
    words = " ".join(uncentered(text[mark.end() :] if mark else text).split())
    return Part(label, plain(words), f"{'#' * level} {words}", heading_level=level)


def _part(label: BlockLabel, text: str) -> Part:
    if label is BlockLabel.FORMULA:
        return _formula(text)
    if label is BlockLabel.CODE:
        return Part(label, text, f"```\n{text}\n```")
    if label in {BlockLabel.TEXT, BlockLabel.TABLE, BlockLabel.OTHER}:
        return _recognised(label, text)
    return _words(label, text)


def _recognised(label: BlockLabel, text: str) -> Part:
    """Text that may be something else by its form: a Markdown table, a display formula, a list."""
    if rows := pipe_rows_in(text):
        return _table(table_from(rows))
    if is_display_formula(text):
        return _formula(text)
    if label is BlockLabel.TEXT and _is_list(text):
        return _words(BlockLabel.LIST, text)
    return _words(label, text)


def _words(label: BlockLabel, text: str) -> Part:
    shown = uncentered(text)
    return Part(label, plain(text), f"\\{shown}" if _HEADING_LINE.match(shown) else shown)


def _is_list(text: str) -> bool:
    """Every line is an item or goes on with one; a single numbered line may as well be a heading."""
    num_items = 0
    for line in text.splitlines():
        if _BULLET.match(line) or _NUMBER.match(line):
            num_items += 1
        elif line.strip() and not line.startswith((" ", "\t")):
            return False
    return num_items > 1 or (num_items == 1 and _BULLET.match(text) is not None)


def _formula(text: str) -> Part:
    formula = formula_of(text)
    return Part(BlockLabel.FORMULA, formula.text, formula.markdown, latex=formula.latex)


def _code(fenced: str) -> Part:
    """Fenced code; a fence with nothing behind it leaves the name of its language as text."""
    opening, *lines = fenced.strip("\n").rstrip().splitlines()
    fence = opening[: len(opening) - len(opening.lstrip("`~ \t"))].strip()
    is_closed = bool(lines) and not lines[-1].strip().strip(fence[0])
    code = "\n".join(lines[:-1] if is_closed else lines)
    return Part(BlockLabel.CODE, code or opening.strip("`~ \t"), f"{opening}\n{code}\n{fence}")


def _table_parts(html: str) -> Iterator[Part]:
    read = rows_in(html)
    rows, outside = read or ([], plain(without_table_tags(html)))
    notes = () if read else ("a table is nested too deeply and was taken as text",)
    if outside:
        yield Part(BlockLabel.TEXT, outside, outside, notes=notes)
    if any(row.cells for row in rows):
        yield _table(table_from(rows))


def _table(reading: TableReading) -> Part:
    return Part(BlockLabel.TABLE, reading.text, reading.table.html, table=reading.table, notes=reading.notes)
