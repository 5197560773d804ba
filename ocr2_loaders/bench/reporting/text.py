"""A report as tables for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ocr2_loaders.bench.problem import Problem, ProblemKind
from ocr2_loaders.bench.report import BenchReport
from ocr2_loaders.bench.reporting.columns import GROUPINGS, HEADINGS, cells, groups_by, published_cells
from ocr2_loaders.bench.reporting.published import PUBLISHED
from ocr2_loaders.printable import one_line

_WIDTH = 140
_MAX_PROBLEMS_OF_A_KIND = 10


def report_as_text(report: BenchReport) -> str:
    """The figures beside the published ones, then by document type, language and layout, then what went wrong."""
    text = StringIO()
    console = Console(file=text, width=_WIDTH, highlight=False, markup=False, emoji=False)
    for part in _parts(report):
        console.print(part)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _parts(report: BenchReport) -> Iterator[RenderableType]:
    yield Text(f"OmniDocBench v1.5, {one_line(report.name)}: {len(report.pages)} pages scored")
    if report.cdm_absent:
        yield Text(f"No CDM and so no overall score: {report.cdm_absent}")
    yield _beside_published(report)
    for attribute, title in GROUPINGS.items():
        if values := groups_by(attribute, list(report.groups)):
            table = _table(f"by {title}")
            for value, label in values:
                table.add_row(one_line(value), *cells(report.groups[label]))
            yield table
    seconds = report.seconds
    yield Text(
        f"matching {seconds.matching:.1f} s and TEDS {seconds.teds:.1f} s of processor time, "
        f"CDM {seconds.cdm:.1f} s, in all {seconds.elapsed:.1f} s"
    )
    yield from _problem_lines(report.problems)


def _beside_published(report: BenchReport) -> Table:
    table = _table("system")
    table.add_row("this run", *cells(report.page_averages), style="bold")
    table.add_section()
    for row in PUBLISHED:
        table.add_row(row.system, *published_cells(row))
    return table


def _table(first_heading: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first_heading)
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    return table


def _problem_lines(problems: tuple[Problem, ...]) -> Iterator[Text]:
    """The first few of each kind by name; the report in JSON has all of them."""
    told: Counter[ProblemKind] = Counter()
    for problem in problems:
        told[problem.kind] += 1
        if told[problem.kind] <= _MAX_PROBLEMS_OF_A_KIND:
            yield Text(one_line(str(problem), max_chars=300))
    for kind, count in told.items():
        if count > _MAX_PROBLEMS_OF_A_KIND:
            yield Text(f"… and {count - _MAX_PROBLEMS_OF_A_KIND} more: {kind}")
