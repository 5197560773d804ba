"""A block as a piece of HTML that is safe in any page: text escaped, tags and attributes from a short list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from types import MappingProxyType
from xml.etree.ElementTree import tostring

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.export.html_sanitiser import sanitised
from ocr2_loaders.export.inline import Run, runs_of, words_of
from ocr2_loaders.export.list_items import ListItem, list_items
from ocr2_loaders.export.mathml import mathml_of

_LOWEST_HEADING = 6
_FORMULA_IN_CELL = re.compile(r"\\\(((?:(?!\\\()[^<])+?)\\\)")


def block_html(block: Block, heading_level: int | None = None) -> str:
    """The block as one or a few elements, without a link, a script or a style; empty for a figure without text.

    `heading_level` is the level to use for a heading, from 1, where the document knows better than the page.
    """
    return sanitised(_WRITERS.get(block.label, _paragraph)(block, heading_level))


def _heading(block: Block, level: int | None) -> str:
    name = f"h{min(level or block.heading_level or 1, _LOWEST_HEADING)}"
    return f"<{name}>{inline_html(words_of(block))}</{name}>"


def _paragraph(block: Block, _: int | None) -> str:
    parts = filter(str.strip, words_of(block).split("\n\n"))
    paragraphs = (f'<p class="{block.label}">{inline_html(part)}</p>' for part in parts)
    return "\n".join(paragraphs)


def _table(block: Block, level: int | None) -> str:
    if block.table is None:
        return _paragraph(block, level)
    return _FORMULA_IN_CELL.sub(lambda found: _formula_html(unescape(found[1]), is_display=False), block.table.html)


def _formula(block: Block, level: int | None) -> str:
    """What is all formula line by line as it was read, what has words around it as a paragraph."""
    if block.latex is None or not block.markdown.startswith("\\["):
        return _paragraph(block, level)
    return f'<p class="{block.label}">{inline_html(block.markdown)}</p>'


def _code(block: Block, _: int | None) -> str:
    return f"<pre><code>{escape(block.text)}</code></pre>"


def _list(block: Block, level: int | None) -> str:
    items = list_items(block.markdown)
    return _nested(items, 0, len(items), 0) if items else _paragraph(block, level)


def _nested(items: list[ListItem], start: int, end: int, depth: int) -> str:
    """One list for the items of `depth` from `start` on; deeper items stand inside the item before them."""
    name = "ul" if items[start].number is None else "ol"
    parts = [f"<{name}>"]
    place = start
    while place < end:
        behind = place + 1
        while behind < end and items[behind].depth > depth:
            behind += 1
        inner = _nested(items, place + 1, behind, items[place + 1].depth) if behind > place + 1 else ""
        parts.append(_item(items[place], inner))
        place = behind
    return "".join((*parts, f"</{name}>"))


def _item(item: ListItem, inner: str) -> str:
    value = "" if item.number is None else f' value="{item.number}"'
    return f"<li{value}>{inline_html(item.markdown)}{inner}</li>"


def inline_html(markdown: str) -> str:
    """The model's inline markup as HTML: bold, raised and lowered text, line breaks, formulas as MathML."""
    return "".join(map(_run_html, runs_of(markdown)))


def _run_html(run: Run) -> str:
    if run.is_formula:
        return _formula_html(run.text, is_display=run.is_display)
    html = escape(run.text, quote=False).replace("\n", "<br>")
    for style in sorted(run.styles):
        html = f"<{style}>{html}</{style}>"
    return html


def _formula_html(latex: str, *, is_display: bool) -> str:
    math = mathml_of(latex, is_display=is_display)
    return (
        f"<code>{escape(latex)}</code>"
        if math is None
        else tostring(math, encoding="unicode", short_empty_elements=False)
    )


_WRITERS: Mapping[BlockLabel, Callable[[Block, int | None], str]] = MappingProxyType(
    {
        BlockLabel.TITLE: _heading,
        BlockLabel.HEADING: _heading,
        BlockLabel.TABLE: _table,
        BlockLabel.FORMULA: _formula,
        BlockLabel.CODE: _code,
        BlockLabel.LIST: _list,
    }
)
