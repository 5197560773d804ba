"""A report as one HTML file: the figures, and the worst pages with ground truth and prediction side by side.

Self-contained, without scripts; everything that comes from a document or a model is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from ocr2_loaders.bench.page_score import Metric, PageScore, mean
from ocr2_loaders.bench.report import BenchReport, PageAverages
from ocr2_loaders.bench.reporting.columns import ABSENT, GROUPINGS, HEADINGS, cells, groups_by, published_cells
from ocr2_loaders.bench.reporting.published import PUBLISHED

_MAX_CHARS = 4000
_STYLE = """ body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem;
color: #1c1c1c } table { border-collapse: collapse; margin: 1rem 0; width: 100% } th, td { border-bottom: 1px solid
#d8d8d8; padding: .3rem .6rem; text-align: right; vertical-align: top } th:first-child, td:first-child { text-align:
left } tr.own { font-weight: 600; background: #f3f6fb } table.pairs { table-layout: fixed } table.pairs td {
text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.4 ui-monospace, monospace } table.pairs
th:last-child, table.pairs td:last-child { width: 5rem; text-align: right } td.bad { background: #fdeceb } td.fair {
background: #fdf6e3 } summary { cursor: pointer; padding: .4rem 0 } details { border-top: 1px solid #d8d8d8 }
"""
_HEAD = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    f"<title>OmniDocBench v1.5</title><style>{_STYLE}</style></head><body>"
)


def report_as_html(report: BenchReport, *, num_worst: int = 30) -> str:
    """The `num_worst` worst pages are those whose mean error over the metrics that they have is highest."""
    return "\n".join(_parts(report, num_worst)).encode("utf-8", errors="replace").decode() + "\n"


def page_error(page: PageScore) -> float:
    """How bad a page is, 0..1: the mean of its errors over the metrics that it has."""
    distances = [page.figure(metric) for metric in (Metric.TEXT_EDIT, Metric.FORMULA_EDIT, Metric.READING_ORDER)]
    similarity = page.figure(Metric.TEDS)
    errors = [*distances, None if similarity is None else 1 - similarity]
    return mean([error for error in errors if error is not None]) or 0.0


def _parts(report: BenchReport, num_worst: int) -> Iterator[str]:
    yield _HEAD
    yield f"<h1>OmniDocBench v1.5: {escape(report.name)}</h1><p>{len(report.pages)} pages scored.</p>"
    if report.cdm_absent:
        yield f"<p>No CDM and so no overall score: {escape(report.cdm_absent)}</p>"
    yield _figures("system", _rows_beside_published(report))
    for attribute, title in GROUPINGS.items():
        if values := groups_by(attribute, list(report.groups)):
            yield _figures(f"by {title}", (_row(value, report.groups[label]) for value, label in values))
    yield from _problems(report)
    yield f"<h2>The {min(num_worst, len(report.pages))} worst pages</h2>"
    yield from (_page(page) for page in sorted(report.pages, key=page_error, reverse=True)[:num_worst])
    yield "</body></html>"


def _figures(title: str, rows: Iterable[str]) -> str:
    headings = "".join(f"<th>{escape(heading)}</th>" for heading in (title, *HEADINGS))
    return f"<table><tr>{headings}</tr>{''.join(rows)}</table>"


def _rows_beside_published(report: BenchReport) -> Iterator[str]:
    yield _row("this run", report.page_averages, kind="own")
    for row in PUBLISHED:
        yield _table_row(row.system, published_cells(row))


def _row(name: str, averages: PageAverages, kind: str = "") -> str:
    return _table_row(name, cells(averages), kind)


def _table_row(name: str, values: Iterable[str], kind: str = "") -> str:
    data = "".join(f"<td>{escape(value)}</td>" for value in (name, *values))
    return f'<tr class="{kind}">{data}</tr>' if kind else f"<tr>{data}</tr>"


def _problems(report: BenchReport) -> Iterator[str]:
    if report.problems:
        lines = "".join(f"<li>{escape(str(problem))}</li>" for problem in report.problems)
        yield f"<h2>Problems</h2><details><summary>{len(report.problems)} in all</summary><ul>{lines}</ul></details>"


def _page(page: PageScore) -> str:
    """Folded; opens to the page's pairs, the worst first."""
    values = {metric.value.replace("_", " "): page.figure(metric) for metric in Metric}
    summary = ", ".join(f"{name} {value:.3f}" for name, value in values.items() if value is not None)
    rows = "".join(_pair_row(*pair) for pair in sorted(_pairs(page), key=lambda pair: pair[2], reverse=True))
    return (
        f"<details><summary>{escape(page.image_name)}: {summary or ABSENT}</summary>"
        f'<table class="pairs"><tr><th>ground truth</th><th>prediction</th><th>error</th></tr>{rows}</table></details>'
    )


def _pairs(page: PageScore) -> Iterator[tuple[str, str, float]]:
    for scored in (*page.texts, *page.formulas):
        yield scored.pair.ground_truth, scored.pair.prediction, scored.edit.ratio
    for table in page.tables:
        yield table.pair.ground_truth, table.pair.prediction, 1 - table.teds.similarity


def _pair_row(ground_truth: str, prediction: str, error: float) -> str:
    kind = "bad" if error > 0.5 else "fair" if error > 0.1 else "good"
    return f'<tr><td>{_shown(ground_truth)}</td><td>{_shown(prediction)}</td><td class="{kind}">{error:.3f}</td></tr>'


def _shown(text: str) -> str:
    cut = text if len(text) <= _MAX_CHARS else text[:_MAX_CHARS] + " …"
    return escape(cut) or ABSENT
