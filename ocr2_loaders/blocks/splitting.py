"""A span's body cut into what it holds: tables, code, and the text between them. Nothing is lost between the cuts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from ocr2_loaders.blocks.html_tag import OPENING_TABLE_TAG, TABLE_EDGE


class Kind(Enum):
    """What a piece of a body is."""

    TEXT = auto()
    CODE = auto()
    TABLE = auto()


_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*[\w+#.-]*\s*")
"""A fence with at most the name of a language behind it."""
_OPENING_TAG = re.compile(OPENING_TABLE_TAG, re.IGNORECASE)
_TABLE_EDGE = re.compile(TABLE_EDGE, re.IGNORECASE)


def pieces_of(body: str) -> Iterator[tuple[Kind, str]]:
    """The pieces of `body`, in order; those that hold white space only are left out."""
    for is_code, text in _cut_at_fences(body) if "```" in body or "~~~" in body else [(False, body)]:
        for kind, piece in [(Kind.CODE, text)] if is_code else _cut_at_tables(text):
            if piece.strip():
                yield kind, piece


def paragraphs_of(text: str) -> Iterator[str]:
    """The parts of Markdown between blank lines; a display formula stays whole, a heading line stands alone."""
    held: list[str] = []
    closer = ""
    for line in text.splitlines():
        if closer or line.strip():
            if held and not closer and line.startswith("#"):
                yield "\n".join(held)
                held = []
            held.append(line)
            closer = _formula_left_open(line, closer)
        if held and not closer and (not line.strip() or line.startswith("#")):
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def _formula_left_open(line: str, closer: str) -> str:
    """What closes the display formula that is open behind `line`, empty where none is."""
    text = line.strip()
    if closer:
        return "" if closer in text else closer
    if text.startswith("\\["):
        return "" if "\\]" in text else "\\]"
    return "$$" if text.startswith("$$") and text.count("$$") == 1 else ""


def _cut_at_fences(body: str) -> Iterator[tuple[bool, str]]:
    """Fenced code with its fences, to the end where it is never closed, and the text between."""
    held: list[str] = []
    fence = ""
    for line in body.splitlines(keepends=True):
        mark = _FENCE.fullmatch(line)
        if mark and not fence:
            yield False, "".join(held)
            held, fence = [], mark[1]
            held.append(line)
            continue
        held.append(line)
        if fence and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            yield True, "".join(held)
            held, fence = [], ""
    yield bool(fence), "".join(held)


def _cut_at_tables(text: str) -> Iterator[tuple[Kind, str]]:
    """Tables from their first tag to the one that closes them, or to the end, and the text between.

    Rows and cells without a table around them are one, too: a transcript may begin within a table.
    """
    if "<" not in text:
        yield Kind.TEXT, text
        return
    end = 0
    while opening := _OPENING_TAG.search(text, end):
        yield Kind.TEXT, text[end : opening.start()]
        end = _end_of_table(text, opening)
        yield Kind.TABLE, text[opening.start() : end]
    yield Kind.TEXT, text[end:]


def _end_of_table(text: str, opening: re.Match[str]) -> int:
    """Behind the tag that closes as many tables as were opened, or the end of the text; rows alone count as one."""
    depth = 1
    for found in _TABLE_EDGE.finditer(text, opening.end()):
        depth += -1 if found[1] else 1
        if not depth:
            return found.end()
    return len(text)
