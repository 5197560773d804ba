"""CDM for the formulas of scored pages, where they can be rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ocr2_loaders.bench.cdm import cdm
from ocr2_loaders.bench.formula_rendering import FormulaRenderer, UnrenderedFormulaError
from ocr2_loaders.bench.page_score import PageScore, ScoredPair
from ocr2_loaders.bench.problem import Problem, ProblemKind


def with_cdm(
    pages: Sequence[PageScore], renderer: FormulaRenderer, num_workers: int, on_formula: Callable[[], None]
) -> list[PageScore]:
    """The same pages, with CDM for each of their formulas; one that cannot be rendered has 0 and is named."""
    with ThreadPoolExecutor(num_workers) as threads:  # the work is done by other programs
        rendered = [threads.map(lambda formula: _scored(formula, renderer), page.formulas) for page in pages]
        scored = []
        for page, formulas in zip(pages, rendered, strict=True):
            results = []
            for result in formulas:
                results.append(result)
                on_formula()
            scored.append(_with_results(page, results))
    return scored


def _scored(formula: ScoredPair, renderer: FormulaRenderer) -> tuple[ScoredPair, str | None]:
    """The formula with its CDM, and why it is 0 where it cannot be rendered. A formula that was missed is not drawn."""
    if not formula.pair.prediction:
        return replace(formula, cdm=0.0), None
    try:
        return replace(formula, cdm=cdm(formula.pair.ground_truth, formula.pair.prediction, renderer)), None
    except UnrenderedFormulaError as error:
        return replace(formula, cdm=0.0), str(error)


def _with_results(page: PageScore, results: Sequence[tuple[ScoredPair, str | None]]) -> PageScore:
    problems = [
        Problem(ProblemKind.UNRENDERED_FORMULA, page.image_name, f"formula {number}: {reason}")
        for number, (_, reason) in enumerate(results, start=1)
        if reason
    ]
    formulas = tuple(formula for formula, _ in results)
    return replace(page, formulas=formulas, problems=(*page.problems, *problems))
