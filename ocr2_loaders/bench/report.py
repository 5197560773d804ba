"""The figures of a whole run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ocr2_loaders.bench.edit_distance import pooled_ratio
from ocr2_loaders.bench.page_score import Metric, PageScore, mean
from ocr2_loaders.bench.problem import Problem

_PUBLISHED_DECIMALS = {Metric.TEXT_EDIT: 3}
"""Everything else is rounded to 3 decimals of a per cent."""

PageAverages: TypeAlias = Mapping[Metric, float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over a set. None where the set has no sample of it.

    `page_average` is what leaderboards show: the mean of the pages' own values. `whole` is all edits over all
    lengths, for edit distances only. `sample_average` is the mean of the pairs.
    """

    page_average: float | None
    whole: float | None
    sample_average: float | None
    num_pages: int
    num_samples: int


@dataclass(frozen=True, slots=True)
class Seconds:
    """`matching` and `teds` are summed over all processes; `cdm` and `elapsed`, the whole run, are by the clock."""

    matching: float
    teds: float
    cdm: float
    elapsed: float


@dataclass(frozen=True, slots=True)
class BenchReport:
    """A scored run. `cdm_absent` says in one line why there is no CDM and so no overall score, None where there is one.

    `groups` holds the page averages for each value of each page attribute, under the benchmark's names for them, such
    as "language: english". `pages` are in the order of the dataset; a page without a prediction is not among them.
    """

    name: str
    figures: Mapping[Metric, Figure]
    groups: Mapping[str, PageAverages]
    pages: tuple[PageScore, ...]
    problems: tuple[Problem, ...]
    seconds: Seconds
    cdm_absent: str | None = None

    @property
    def page_averages(self) -> PageAverages:
        """For each metric the mean over the pages that have it."""
        return {metric: figure.page_average for metric, figure in self.figures.items()}

    @property
    def overall(self) -> float | None:
        """0..100; None where one of its three parts is missing."""
        return overall(self.page_averages)

    @property
    def leaderboard_overall(self) -> float | None:
        """The same of parts that were rounded before, as the benchmark's own table of results does."""
        return overall(
            {
                metric: None if value is None else round(value, _PUBLISHED_DECIMALS.get(metric, 5))
                for metric, value in self.page_averages.items()
            }
        )


def overall(averages: PageAverages) -> float | None:
    """The mean of text, tables and formulas in per cent, as leaderboards show it."""
    text, tables, formulas = (averages.get(metric) for metric in (Metric.TEXT_EDIT, Metric.TEDS, Metric.CDM))
    if text is None or tables is None or formulas is None:
        return None
    return ((1 - text) * 100 + tables * 100 + formulas * 100) / 3


def figures_of(pages: Sequence[PageScore]) -> dict[Metric, Figure]:
    """Every metric over all pages."""
    return {metric: _figure(metric, pages) for metric in Metric}


def _figure(metric: Metric, pages: Sequence[PageScore]) -> Figure:
    by_page = _values(metric, pages)
    samples = [sample for page in pages for sample in page.samples(metric)]
    whole = pooled_ratio(edit for page in pages for edit in page.edits(metric))
    return Figure(mean(by_page), whole, mean(samples), len(by_page), len(samples))


def _values(metric: Metric, pages: Iterable[PageScore]) -> list[float]:
    return [value for page in pages if (value := page.figure(metric)) is not None]


def groups_of(pages: Sequence[PageScore]) -> dict[str, PageAverages]:
    """The page averages of the pages that bear a label, for every label, in alphabetical order."""
    by_label: dict[str, list[PageScore]] = {}
    for page in pages:
        for label in dict.fromkeys(page.labels):
            by_label.setdefault(label, []).append(page)
    return {label: {metric: mean(_values(metric, by_label[label])) for metric in Metric} for label in sorted(by_label)}
