"""The columns that every table of figures has, in the scales of the leaderboard."""

from __future__ import annotations

from collections.abc import Sequence

from ocr2_loaders.bench.page_score import Metric
from ocr2_loaders.bench.report import PageAverages, overall
from ocr2_loaders.bench.reporting.published import PublishedRow

HEADINGS = ("overall ↑", "text edit ↓", "formula edit ↓", "CDM ↑", "TEDS ↑", "TEDS-S ↑", "reading order ↓")
ABSENT = "–"

GROUPINGS = {"data_source": "document type", "language": "language", "layout": "layout"}
"""The page attributes that get a table of their own, and what it is called."""


def cells(averages: PageAverages) -> tuple[str, ...]:
    """One cell for each heading."""
    return (
        _written(overall(averages), 2),
        _written(averages.get(Metric.TEXT_EDIT), 3),
        _written(averages.get(Metric.FORMULA_EDIT), 3),
        _in_per_cent(averages.get(Metric.CDM)),
        _in_per_cent(averages.get(Metric.TEDS)),
        _in_per_cent(averages.get(Metric.TEDS_S)),
        _written(averages.get(Metric.READING_ORDER), 3),
    )


def published_cells(row: PublishedRow) -> tuple[str, ...]:
    """The same of published figures."""
    return (
        _written(row.overall, 2),
        _written(row.text_edit, 3),
        _written(row.formula_edit, 3),
        _written(row.cdm, 2),
        _written(row.teds, 2),
        _written(row.teds_s, 2),
        _written(row.reading_order, 3),
    )


def _in_per_cent(value: float | None) -> str:
    return _written(None if value is None else value * 100, 2)


def _written(value: float | None, decimals: int) -> str:
    return ABSENT if value is None else f"{value:.{decimals}f}"


def groups_by(attribute: str, groups: Sequence[str]) -> list[tuple[str, str]]:
    """The values of an attribute among the labels of a report, each with its label."""
    prefix = f"{attribute}: "
    return [(label.removeprefix(prefix), label) for label in groups if label.startswith(prefix)]
