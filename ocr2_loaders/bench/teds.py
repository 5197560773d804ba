"""TEDS: how similar two tables are as trees of rows and cells (Zhong et al. 2020, arXiv:1911.10683)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from apted import APTED, Config
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from ocr2_loaders.bench.deadline import Deadline
from ocr2_loaders.bench.edit_distance import edit_distance

_FIRST_TAG_CHARACTER = 0xD800
_NUM_TAG_CHARACTERS = 0x800
"""Lone surrogates stand for the tags inside of cells: no parsed text can hold one."""


@dataclass(frozen=True, slots=True)
class Teds:
    """`similarity` compares cells with their content, `structure` without; both 0..1, 1 for equal tables."""

    similarity: float
    structure: float


@dataclass(frozen=True, slots=True)
class _Node:
    """`content` is empty for anything but a cell. `children` is what the tree distance walks over."""

    tag: str
    spans: tuple[int, int] | None = None
    content: str = ""
    children: tuple[_Node, ...] = ()

    def without_content(self) -> _Node:
        return replace(self, content="", children=tuple(child.without_content() for child in self.children))


class BrokenTableError(Exception):
    """The markup holds no table that can be compared; its similarity is 0."""


def teds(ground_truth: str, prediction: str, deadline: Deadline) -> Teds:
    """Similarity of two normalised tables, each one HTML document.

    Raises: BrokenTableError, DeadlinePassedError.
    """
    if not ground_truth or not prediction:
        return Teds(0.0, 0.0)
    try:
        return _similarity(_table(ground_truth), _table(prediction), deadline)
    except RecursionError as error:
        raise BrokenTableError("elements are nested too deeply") from error


def _similarity(ground_truth: HtmlElement, prediction: HtmlElement, deadline: Deadline) -> Teds:
    size = max(_num_descendants(ground_truth), _num_descendants(prediction))
    if not size:
        raise BrokenTableError("no row and no cell on either side")
    tag_characters: dict[str, str] = {}
    expected, found = (_tree(table, tag_characters) for table in (ground_truth, prediction))
    structure = _tree_distance(expected.without_content(), found.without_content(), deadline)
    return Teds(1.0 - _tree_distance(expected, found, deadline) / size, 1.0 - structure / size)


def _num_descendants(table: HtmlElement) -> int:
    return sum(1 for element in table.iterdescendants() if isinstance(element.tag, str))


def _table(document: str) -> HtmlElement:
    parser = lxml_html.HTMLParser(remove_comments=True, encoding="utf-8")
    try:
        tables = lxml_html.fromstring(document, parser=parser).xpath("body/table")
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise BrokenTableError(f"the markup cannot be read: {error}") from error
    if not isinstance(tables, list) or not tables or not isinstance(tables[0], HtmlElement):
        raise BrokenTableError("no table element in the markup")
    return tables[0]


def _tree(element: HtmlElement, tag_characters: dict[str, str]) -> _Node:
    tag = str(element.tag)
    if tag == "td":
        return _Node(tag, _spans(element), "".join(_cell_content(element, tag_characters)))
    return _Node(tag, children=tuple(_tree(child, tag_characters) for child in element))


def _spans(cell: HtmlElement) -> tuple[int, int]:
    try:
        return int(cell.get("colspan", "1")), int(cell.get("rowspan", "1"))
    except ValueError as error:
        raise BrokenTableError(f"a span is no number: {error}") from error


def _cell_content(cell: HtmlElement, tag_characters: dict[str, str]) -> Iterator[str]:
    yield cell.text or ""
    for child in cell:
        yield from _inner_element(child, tag_characters)


def _inner_element(element: HtmlElement, tag_characters: dict[str, str]) -> Iterator[str]:
    """One character for each tag. What stands behind a cell inside of a cell is not counted."""
    tag = str(element.tag)
    yield _tag_character(f"<{tag}>", tag_characters)
    yield from _cell_content(element, tag_characters)
    if tag != "unk":
        yield _tag_character(f"</{tag}>", tag_characters)
    if tag != "td":
        yield element.tail or ""


def _tag_character(tag: str, tag_characters: dict[str, str]) -> str:
    number = len(tag_characters) % _NUM_TAG_CHARACTERS
    return tag_characters.setdefault(tag, chr(_FIRST_TAG_CHARACTER + number))


class _CellCosts(Config):  # type: ignore[misc] # apted has no types
    """1 to insert, delete or re-tag a node; for two cells of equal spans, how much of their content differs."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def rename(self, node1: _Node, node2: _Node) -> float:
        self._deadline.check()
        if node1.tag != node2.tag or node1.spans != node2.spans:
            return 1.0
        return edit_distance(node1.content, node2.content).ratio


def _tree_distance(ground_truth: _Node, prediction: _Node, deadline: Deadline) -> float:
    if ground_truth == prediction:
        return 0.0
    return float(APTED(prediction, ground_truth, _CellCosts(deadline)).compute_edit_distance())
