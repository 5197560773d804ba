"""One page of ground truth against one page of Markdown."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bs4.exceptions import ParserRejectedMarkup

from ocr2_loaders.bench.category import FORMULA
from ocr2_loaders.bench.deadline import Deadline, DeadlinePassedError
from ocr2_loaders.bench.edit_distance import edit_distance
from ocr2_loaders.bench.ground_truth import Element, GroundTruthPage
from ocr2_loaders.bench.matching import Pair, TableMatch, TablePair, assigned_page, matched_page, matched_tables
from ocr2_loaders.bench.normalisation import latex_as_text, letters_of, normal_table
from ocr2_loaders.bench.page_score import PageScore, ScoredPair, ScoredTable
from ocr2_loaders.bench.parsing import Candidate, CandidateKind, CandidateOrigin, parse_prediction
from ocr2_loaders.bench.problem import Problem, ProblemKind
from ocr2_loaders.bench.reading_order import reading_order_distance
from ocr2_loaders.bench.settings import ScoreSettings
from ocr2_loaders.bench.teds import BrokenTableError, Teds, teds

_FORMULA_PARTNERS = frozenset({CandidateOrigin.INLINE_FORMULA, CandidateKind.FORMULA, ""})
_NOTHING_ALIKE = Teds(0.0, 0.0)


def score_page(page: GroundTruthPage, markdown: str, settings: ScoreSettings) -> PageScore:
    """All figures of the page but CDM, which needs a renderer."""
    return _Scoring(page.image_name, settings).score(page, markdown)


@dataclass(slots=True)
class _Scoring:
    """The limits of one page, and what went wrong on it."""

    page: str
    settings: ScoreSettings
    problems: list[Problem] = field(default_factory=list)

    def score(self, page: GroundTruthPage, markdown: str) -> PageScore:
        begun = time.perf_counter()
        if not markdown.strip():
            self._report(ProblemKind.EMPTY_PREDICTION, "everything on the page counts as missed")
        prediction = parse_prediction(markdown)
        tables = matched_tables(page.tables, prediction)
        if tables.is_latex:
            self._report(ProblemKind.LATEX_TABLE, "the benchmark scores them as empty; HTML tables are compared")
        pairs = self._pairs(page.pool, (*prediction.candidates, *tables.surplus))
        matched = time.perf_counter()
        scored_tables = self._tables(tables)
        return replace(
            _with_pairs(PageScore(page.image_name, page.attributes), pairs),
            tables=scored_tables,
            problems=tuple(self.problems),
            matching_s=matched - begun,
            teds_s=time.perf_counter() - matched,
        )

    def _pairs(self, pool: Sequence[Element], candidates: Sequence[Candidate]) -> list[Pair]:
        try:
            return matched_page(pool, candidates, Deadline.after(self.settings.matching_timeout_s))
        except DeadlinePassedError:
            limit = f"{self.settings.matching_timeout_s:g} s"
            self._report(ProblemKind.SLOW_MATCHING, f"after {limit} blocks were assigned by distance alone")
            return assigned_page(pool, candidates)

    def _tables(self, match: TableMatch) -> tuple[ScoredTable, ...]:
        return tuple(self._table(pair) for pair in match.pairs)

    def _table(self, pair: TablePair) -> ScoredTable:
        expected = self._normal(pair.ground_truth, f"table {pair.index + 1} of the ground truth")
        found = self._normal(pair.prediction, f"the prediction for table {pair.index + 1}")
        return ScoredTable(pair, edit_distance(expected, found), self._teds(expected, found, pair.index))

    def _normal(self, markup: str, what: str) -> str:
        """What of a table is compared: the markup itself where it holds no table."""
        try:
            return normal_table(markup) or markup
        except ParserRejectedMarkup as error:
            self._report(ProblemKind.BROKEN_TABLE, f"{what} cannot be read: {error}")
            return ""

    def _teds(self, expected: str, found: str, index: int) -> Teds:
        try:
            return teds(expected, found, Deadline.after(self.settings.table_timeout_s))
        except BrokenTableError as error:
            self._report(ProblemKind.BROKEN_TABLE, f"table {index + 1} scores 0: {error}")
        except DeadlinePassedError:
            limit = f"{self.settings.table_timeout_s:g} s"
            self._report(ProblemKind.SLOW_TABLE, f"table {index + 1} scores 0: not compared within {limit}")
        return _NOTHING_ALIKE

    def _report(self, kind: ProblemKind, detail: str) -> None:
        self.problems.append(Problem(kind, self.page, detail))


def _with_pairs(score: PageScore, pairs: Sequence[Pair]) -> PageScore:
    texts = [pair for pair in pairs if pair.category != FORMULA]
    formulas = [pair for pair in pairs if pair.category == FORMULA]
    return replace(
        score,
        texts=tuple(_scored(pair) for pair in texts),
        formulas=tuple(_scored(pair) for pair in formulas if pair.partner_kind in _FORMULA_PARTNERS),
        formulas_as_text=tuple(
            _scored(_as_text(pair)) for pair in formulas if pair.partner_kind not in _FORMULA_PARTNERS
        ),
        reading_order=reading_order_distance(texts),
    )


def _as_text(formula: Pair) -> Pair:
    text = latex_as_text(formula.ground_truth)
    return replace(formula, ground_truth=text, normal_ground_truth=letters_of(text))


def _scored(pair: Pair) -> ScoredPair:
    return ScoredPair(pair, edit_distance(*pair.compared))
