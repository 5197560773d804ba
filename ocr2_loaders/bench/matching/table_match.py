"""Tables of one page, matched with predicted tables by their markup alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup
from scipy.optimize import linear_sum_assignment

from ocr2_loaders.bench.ground_truth import Element
from ocr2_loaders.bench.matching.distance import distance_matrix
from ocr2_loaders.bench.parsing import Candidate, CandidateKind, Prediction

_DOT = re.compile(r"\$\\cdot\$")


@dataclass(frozen=True, slots=True)
class TablePair:
    """Markup as written; `prediction` is "" for a table that is missed. `index` counts the page's tables from 0."""

    index: int
    ground_truth: str
    prediction: str


@dataclass(frozen=True, slots=True)
class TableMatch:
    """`surplus` are the cells of predicted tables without a partner, which take part in the matching of texts."""

    pairs: tuple[TablePair, ...]
    surplus: tuple[Candidate, ...] = ()
    is_latex: bool = False
    """The prediction writes its tables in LaTeX, which the benchmark takes for empty."""


def matched_tables(tables: Sequence[Element], prediction: Prediction) -> TableMatch:
    """One pair for each table of the ground truth. Without one, predicted tables are left alone."""
    is_latex = len(prediction.latex_tables) > len(prediction.html_tables)
    predicted = prediction.latex_tables if is_latex else prediction.html_tables
    compared = [table for table in tables if table.html and (table.latex or not is_latex)]
    if not compared or not predicted:
        return TableMatch(tuple(TablePair(index, table.html, "") for index, table in enumerate(compared)))
    markup = [table.latex if is_latex else table.html for table in compared]
    distances = distance_matrix(markup, [each.content for each in predicted])
    partner_of = dict(zip(*linear_sum_assignment(distances), strict=True))
    contents = {} if is_latex else {row: predicted[column].content for row, column in partner_of.items()}
    pairs = tuple(TablePair(index, table.html, contents.get(index, "")) for index, table in enumerate(compared))
    surplus = [each for index, each in enumerate(predicted) if index not in partner_of.values()]
    return TableMatch(pairs, tuple(cell for table in surplus for cell in _cells(table)), is_latex)


def _cells(table: Candidate) -> Iterator[Candidate]:
    """Cells with nothing but text, all at the table's position; none of markup that cannot be read."""
    try:
        soup = BeautifulSoup(table.content, "html.parser")
    except ParserRejectedMarkup:
        return
    for cell in soup.find_all("td"):
        if cell.string:
            yield replace(table, kind=CandidateKind.TEXT, content=_DOT.sub("", cell.string).strip())
