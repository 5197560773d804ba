"""A folder of predictions against the ground truth."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from ocr2_loaders.bench.dataset import Dataset, load_dataset
from ocr2_loaders.bench.formula_rendering import NoRendererError, formula_renderer
from ocr2_loaders.bench.formula_scoring import with_cdm
from ocr2_loaders.bench.ground_truth import GroundTruthPage
from ocr2_loaders.bench.page_score import PageScore
from ocr2_loaders.bench.page_scoring import score_page
from ocr2_loaders.bench.prediction_file import read_prediction
from ocr2_loaders.bench.problem import Problem
from ocr2_loaders.bench.report import BenchReport, Seconds, figures_of, groups_of
from ocr2_loaders.bench.settings import ScoreSettings

_DEFAULTS = ScoreSettings()
_MIN_PAGES_A_PROCESS = 40
"""Fewer pages are scored sooner than a process has started."""


def score(
    dataset: Dataset | Path,
    predictions: Path,
    settings: ScoreSettings = _DEFAULTS,
    *,
    on_page: Callable[[PageScore], None] = lambda _: None,
    on_formula: Callable[[], None] = lambda: None,
) -> BenchReport:
    """Score one Markdown file a page. What is wrong with an input is named in the report, and the run goes on.

    `on_page` is called with each page as it is matched, in the order of the dataset, `on_formula` after all pages for
    each formula that was rendered for CDM.

    Raises: SourceNotFound, SourceUnreadable when there is no ground truth at all.
    """
    begun = time.perf_counter()
    known = dataset if isinstance(dataset, Dataset) else load_dataset(dataset)
    problems = list(known.problems)
    pages = []
    for page in _scored(_predicted(known.pages, predictions, problems), settings):
        pages.append(page)
        on_page(page)
    matched = time.perf_counter()
    pages, cdm_absent = _with_cdm(_with_formulas_among_texts(pages), settings, on_formula)
    ended = time.perf_counter()
    return BenchReport(
        predictions.name,
        figures_of(pages),
        groups_of(pages),
        tuple(pages),
        (*problems, *(problem for page in pages for problem in page.problems)),
        Seconds(sum(p.matching_s for p in pages), sum(p.teds_s for p in pages), ended - matched, ended - begun),
        cdm_absent,
    )


def _with_cdm(
    pages: list[PageScore], settings: ScoreSettings, on_formula: Callable[[], None]
) -> tuple[list[PageScore], str | None]:
    """The pages with CDM, or as they are and why."""
    if not settings.with_cdm:
        return pages, "it was not asked for"
    if not any(page.formulas for page in pages):
        return pages, "there is no formula in this run"
    try:
        renderer = formula_renderer()
    except NoRendererError as error:
        return pages, str(error)
    return with_cdm(pages, renderer, settings.num_workers or os.cpu_count() or 1, on_formula), None


def _predicted(
    pages: Iterable[GroundTruthPage], folder: Path, problems: list[Problem]
) -> list[tuple[GroundTruthPage, str]]:
    """The pages that have a prediction, with its text."""
    predicted = []
    for page in pages:
        file = read_prediction(folder, page)
        if file.problem:
            problems.append(file.problem)
        if file.markdown is not None:
            predicted.append((page, file.markdown))
    return predicted


def _scored(predicted: list[tuple[GroundTruthPage, str]], settings: ScoreSettings) -> Iterator[PageScore]:
    num_workers = settings.num_workers or os.cpu_count() or 1
    num_workers = min(num_workers, len(predicted) // _MIN_PAGES_A_PROCESS)
    if num_workers <= 1:
        yield from (_score(each, settings) for each in predicted)
        return
    # a fresh interpreter: the caller may have threads, which a fork would copy in the middle of what they do
    with ProcessPoolExecutor(num_workers, mp_context=get_context("spawn")) as processes:
        yield from processes.map(partial(_score, settings=settings), predicted, chunksize=4)


def _score(predicted: tuple[GroundTruthPage, str], settings: ScoreSettings) -> PageScore:
    page, markdown = predicted
    return score_page(page, markdown, settings)


def _with_formulas_among_texts(pages: list[PageScore]) -> list[PageScore]:
    """Formulas that were matched with a text count as texts; the benchmark drops them where the run has no text at
    all.
    """
    if not any(page.texts for page in pages):
        return pages
    return [
        replace(page, texts=page.texts + page.formulas_as_text) if page.formulas_as_text else page for page in pages
    ]
