"""What one scored page adds to the averages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ocr2_loaders.bench.edit_distance import EditDistance, pooled_ratio
from ocr2_loaders.bench.matching import Pair, TablePair
from ocr2_loaders.bench.problem import Problem
from ocr2_loaders.bench.teds import Teds


class Metric(StrEnum):
    """The figures of the benchmark. Distances are 0 at best, the others 1; all lie between 0 and 1."""

    TEXT_EDIT = "text_edit"
    FORMULA_EDIT = "formula_edit"
    CDM = "cdm"
    TEDS = "teds"
    TEDS_S = "teds_s"
    TABLE_EDIT = "table_edit"
    READING_ORDER = "reading_order"


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """A pair of texts or formulas. `cdm` is None for texts, and where CDM was not computed."""

    pair: Pair
    edit: EditDistance
    cdm: float | None = None


@dataclass(frozen=True, slots=True)
class ScoredTable:
    """A pair of tables."""

    pair: TablePair
    edit: EditDistance
    teds: Teds


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page. `reading_order` is None where the page has no text with an order.

    `formulas_as_text` are formulas whose partner is a text: they are compared as texts and belong to them, as soon as
    any page of the run has a text at all.
    """

    image_name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    texts: tuple[ScoredPair, ...] = ()
    formulas: tuple[ScoredPair, ...] = ()
    formulas_as_text: tuple[ScoredPair, ...] = ()
    tables: tuple[ScoredTable, ...] = ()
    reading_order: EditDistance | None = None
    problems: tuple[Problem, ...] = ()
    matching_s: float = 0.0
    teds_s: float = 0.0

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups that the page belongs to, named as the benchmark names them."""
        return tuple(_labels(self.attributes))

    def edits(self, metric: Metric) -> list[EditDistance]:
        """The edit distances behind a metric, none for one that is not made of them."""
        match metric:
            case Metric.TEXT_EDIT:
                return [each.edit for each in self.texts]
            case Metric.FORMULA_EDIT:
                return [each.edit for each in self.formulas]
            case Metric.TABLE_EDIT:
                return [each.edit for each in self.tables]
            case Metric.READING_ORDER:
                return [self.reading_order] if self.reading_order else []
            case _:
                return []

    def samples(self, metric: Metric) -> list[float]:
        """One value for each pair that the metric looks at."""
        match metric:
            case Metric.TEDS:
                return [each.teds.similarity for each in self.tables]
            case Metric.TEDS_S:
                return [each.teds.structure for each in self.tables]
            case Metric.CDM:
                return [each.cdm for each in self.formulas if each.cdm is not None]
            case _:
                return [edit.ratio for edit in self.edits(metric) if edit.length]

    def figure(self, metric: Metric) -> float | None:
        """The page's own value: distances over the page's whole length, means of the others; None without a sample."""
        if edits := self.edits(metric):
            return pooled_ratio(edits)
        return mean(self.samples(metric))


def mean(values: Sequence[float]) -> float | None:
    """None without a value."""
    return sum(values) / len(values) if values else None


def _labels(attributes: Mapping[str, Any]) -> Iterator[str]:
    for name, value in attributes.items():
        if isinstance(value, list):
            yield from (str(issue) for issue in value if "table" not in str(issue))
        else:
            yield f"{name}: {value}"
