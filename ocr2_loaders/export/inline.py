"""The model's inline markup as runs of words: bold, raised and lowered text, formulas within a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.html_tag import LINE_BREAKS, STYLES, TEXT_TAG

_INLINE = r"\\\((?P<inline>(?>\\\\|(?!\\\().)+?)\\\)"
_DISPLAY = r"\\\[(?P<display>(?>\\\\|(?!\\\[).)+?)\\\]"
_FORMULA = rf"(?<!\\)(?:{_INLINE}|{_DISPLAY})"
"""A formula ends before another one begins, so that a page of open ones is read once and not once for each; the
line break of LaTeX (`\\\\[1ex]`) opens none."""
_BOLD = r"(?P<bold>\*\*)(?=\S)(?=[^*\n]*[^*\s]\*\*)|(?<=\S)(?P<end_of_bold>\*\*)"
_MARK = re.compile(rf"{_FORMULA}|{_BOLD}|(?P<tag>{TEXT_TAG})", re.DOTALL | re.IGNORECASE)
_NAME_OF_TAG = re.compile(r"</?(\w+)")
_MARKS = re.compile(r"\A(?:#{1,6}[ \t]+|\\(?=#))")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look, or one formula. `styles` are names of HTML's own: b, i, u, sup, sub.

    `text` is what to read, without markup and with its line breaks; for a formula it is the LaTeX.
    """

    text: str
    styles: frozenset[str] = frozenset()
    is_formula: bool = False
    is_display: bool = False


def runs_of(markdown: str) -> Iterator[Run]:
    """The runs of `markdown`, in order. Whatever is no mark that the model writes is text: links and images too."""
    open_styles: dict[str, int] = {}
    end = 0
    for found in _MARK.finditer(markdown):
        yield from _words(markdown[end : found.start()], open_styles)
        end = found.end()
        latex = found["inline"] or found["display"]
        if latex is not None:
            yield Run(latex.strip(), _styles(open_styles), is_formula=True, is_display=found["inline"] is None)
        else:
            yield from _marked(found, open_styles)
    yield from _words(markdown[end:], open_styles)


def _marked(found: re.Match[str], open_styles: dict[str, int]) -> Iterator[Run]:
    """Changes the open styles as the mark says; the text that the mark itself stands for, if any."""
    if found["bold"]:
        open_styles["**"] = 1
    elif found["end_of_bold"]:
        if not open_styles.pop("**", 0):
            yield Run("**", _styles(open_styles))
    else:
        yield from _tagged(found["tag"], open_styles)


def _tagged(tag: str, open_styles: dict[str, int]) -> Iterator[Run]:
    named = _NAME_OF_TAG.match(tag)
    name = named[1].lower() if named else ""
    if name in LINE_BREAKS:
        yield Run("\n", _styles(open_styles))
    elif name in STYLES:
        style = STYLES[name]
        open_styles[style] = max(0, open_styles.get(style, 0) + (-1 if tag.startswith("</") else 1))


def _styles(open_styles: dict[str, int]) -> frozenset[str]:
    return frozenset("b" if style == "**" else style for style, depth in open_styles.items() if depth)


def _words(text: str, open_styles: dict[str, int]) -> Iterator[Run]:
    if text:
        yield Run(unescape(text), _styles(open_styles))


def words_of(block: Block) -> str:
    """The block's Markdown without the marks that make it a heading or keep it from being one."""
    return _MARKS.sub("", block.markdown)


def plain_text(markdown: str) -> str:
    """The words alone; formulas as their LaTeX."""
    return "".join(run.text for run in runs_of(markdown))
