"""The lines of a list as items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ITEM = re.compile(r"([ \t]*)(?:(\(?[0-9]{1,9}[.)])|[-*+•·‣▪])[ \t]+(?=\S)")
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item. `depth` counts from 0; `number` is None for a bullet; `markdown` is all but the bullet or number."""

    markdown: str
    depth: int = 0
    number: int | None = None


_DEEPEST = 8


def list_items(markdown: str) -> list[ListItem]:
    """The items in their order; lines without a bullet or a number go on with the item before."""
    items: list[ListItem] = []
    indents: list[int] = []
    for indent, number, text in _lines(markdown):
        if indent is None and items:
            last = items[-1]
            items[-1] = ListItem(f"{last.markdown}\n{text}", last.depth, last.number)
            continue
        while indents and (indent or 0) < indents[-1]:
            indents.pop()
        if not indents or (indent or 0) > indents[-1]:
            indents.append(indent or 0)
        items.append(ListItem(text, min(len(indents) - 1, _DEEPEST), number))
    return items


def _lines(markdown: str) -> Iterator[tuple[int | None, int | None, str]]:
    """Each line's indent, None where no item begins, its number, and what is behind both."""
    for line in markdown.splitlines():
        found = _ITEM.match(line)
        if found is None:
            if line.strip():
                yield None, None, line.strip()
            continue
        digits = _DIGITS.search(found[2]) if found[2] else None
        yield len(found[1].expandtabs(4)), int(digits[0]) if digits else None, line[found.end() :].strip()
