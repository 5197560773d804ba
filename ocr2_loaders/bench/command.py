"""`ocr2 bench omnidocbench`: transcribe the benchmark's pages, score them, report the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from model_runtime.home_path import home_path
from ocr2_loaders.bench.dataset import Dataset, load_dataset
from ocr2_loaders.bench.problem import Problem
from ocr2_loaders.bench.report import BenchReport
from ocr2_loaders.bench.reporting import report_as_html, report_as_json, report_as_text
from ocr2_loaders.bench.run import missing_predictions, transcribe
from ocr2_loaders.bench.score import score
from ocr2_loaders.bench.settings import ScoreSettings
from ocr2_loaders.errors import Ocr2Error, OutputError

SOME_PAGES_MISSING = 1
NOTHING_SCORED = 2

AUTO = "auto"
"""The registry's word for the best engine at hand."""

app = typer.Typer(
    help="Measure on public benchmarks.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
_stderr = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)


@app.callback()
def _bench() -> None:
    """One command a benchmark, also while there is only one."""


@app.command()
def omnidocbench(
    *,
    dataset: Annotated[
        Path,
        typer.Option(
            parser=home_path, metavar="DIR|FILE", help="The ground truth in JSON, or its folder with the page images."
        ),
    ],
    predictions: Annotated[
        Path | None,
        typer.Option(
            parser=home_path, metavar="DIR", help="One .md a page. Without --engine they are scored as they are."
        ),
    ] = None,
    engine: Annotated[
        str | None, typer.Option("--engine", "-e", metavar="NAME", help="Transcribe the pages that have no .md yet.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", parser=home_path, metavar="DIR", help="Where report.json and report.html go."),
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the first N pages.")] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="NAME=VALUE", help="Only pages of that attribute; repeatable."),
    ] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes that score; one a core.")] = None,
    cdm: Annotated[bool, typer.Option(help="Render formulas and compare what is seen.")] = True,
) -> None:
    """OmniDocBench v1.5: text, formulas, tables and reading order, beside published figures."""
    folder = predictions or (output or Path("omnidocbench")) / "predictions"
    try:
        pages = load_dataset(dataset).selected(_pairs(filters or []), limit)
        failed = _transcribed(pages, folder, engine or AUTO) if engine or not predictions else ()
        report = _scored(pages, folder, ScoreSettings(num_workers=workers, with_cdm=cdm), failed)
        if output:
            _write(report, output)
    except Ocr2Error as error:
        _stderr.print(f"ocr2: {error}", style="red")
        raise typer.Exit(NOTHING_SCORED) from error
    typer.echo(report_as_text(report), nl=False)
    raise typer.Exit(_exit_status(report, pages))


def _pairs(filters: list[str]) -> dict[str, str]:
    for each in filters:
        if "=" not in each:
            raise typer.BadParameter(f"--filter takes NAME=VALUE, not {each!r}")
    return dict(each.split("=", 1) for each in filters)


def _transcribed(pages: Dataset, folder: Path, engine: str) -> tuple[Problem, ...]:
    with _progress(("transcribing", len(missing_predictions(pages, folder)))) as (page_done,):
        return transcribe(pages, folder, engine, on_page=lambda _: page_done())


def _scored(pages: Dataset, folder: Path, settings: ScoreSettings, failed: tuple[Problem, ...]) -> BenchReport:
    with _progress(("scoring", len(pages.pages)), ("rendering formulas", None)) as (page_done, formula_done):
        report = score(pages, folder, settings, on_page=lambda _: page_done(), on_formula=formula_done)
    return replace(report, problems=(*failed, *report.problems))


@contextmanager
def _progress(*steps: tuple[str, int | None]) -> Iterator[list[Callable[[], None]]]:
    """A bar for each step on stderr, where stderr is a terminal, and for each what moves it on by one."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_stderr, disable=not _stderr.is_terminal, transient=True) as progress:
        yield [partial(progress.advance, progress.add_task(what, total=total)) for what, total in steps]


def _write(report: BenchReport, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(report_as_json(report), encoding="utf-8")
        (folder / "report.html").write_text(report_as_html(report), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot write the report to {folder}: {error.strerror or error}") from error


def _exit_status(report: BenchReport, pages: Dataset) -> int:
    if not report.pages:
        return NOTHING_SCORED
    return SOME_PAGES_MISSING if len(report.pages) < len(pages.pages) else 0
