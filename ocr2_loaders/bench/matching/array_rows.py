r"""Formulas of several lines, written as an `array` of one column, as one formula a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ocr2_loaders.bench.category import FORMULA
from ocr2_loaders.bench.ground_truth import Element
from ocr2_loaders.bench.parsing import Candidate, CandidateKind

_ARRAY = re.compile(r"\\begin\{array\}\{(?P<columns>[^}]*)\}(?P<body>.*?)\\end\{array\}", re.DOTALL)
_NO_COLUMN = re.compile(r"[\s|]+")
_ONE_COLUMN = frozenset("lcr")


def element_rows(elements: Iterable[Element]) -> Iterator[Element]:
    """Row i of a block with order n has order n + i/10."""
    for element in elements:
        array = _one_column_array(element.latex) if element.category == FORMULA else None
        if array is None:
            yield element
            continue
        for number, (_, row) in enumerate(_rows(array), start=1):
            yield replace(element, latex=_displayed(row), order=round(float(element.order) + number / 10, 1))


def candidate_rows(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Each row stands where it begins in its formula."""
    for candidate in candidates:
        array = _one_column_array(candidate.content) if candidate.kind is CandidateKind.FORMULA else None
        if array is None:
            yield candidate
            continue
        for offset, row in _rows(array):
            yield replace(candidate, content=_displayed(row), start=candidate.start + offset)


def _one_column_array(latex: str) -> re.Match[str] | None:
    array = _ARRAY.search(latex)
    return array if array and _NO_COLUMN.sub("", array["columns"]) in _ONE_COLUMN else None


def _rows(array: re.Match[str]) -> Iterator[tuple[int, str]]:
    """Where each row begins in the formula, and its LaTeX."""
    behind = 0
    for part in array["body"].split("\\\\"):
        if row := part.strip():
            found = array["body"].find(row, behind)
            behind = found + len(row)
            yield array.start("body") + found, row


def _displayed(row: str) -> str:
    return f"\\[{row}\\]"
