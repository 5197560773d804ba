"""The project's own Markdown, scored: the ground truth as the model would write it, through blocks and the exporter."""

from dataclasses import replace
from pathlib import Path

import pytest

from model_runtime.box import GridBox
from model_runtime.grounding import written
from ocr2_loaders.bench import Metric, ScoreSettings, load_dataset, score
from ocr2_loaders.bench.ground_truth import Element, GroundTruthPage
from ocr2_loaders.blocks import blocks_of
from ocr2_loaders.export import MARKDOWN
from tests.support.benchmark_pages import write_dataset
from tests.support.results import page_result

DEMO = Path(__file__).parents[4] / "shared/data/omnidocbench/OmniDocBench_demo.json"
ALONE = ScoreSettings(num_workers=1, with_cdm=False)
LABELS = {"title": "title", "equation_isolated": "equation", "table": "table"}


def exported(known: GroundTruthPage) -> str:
    """The page's own blocks in the model's markup, read as blocks, written as Markdown."""
    elements = sorted((each for each in (*known.pool, *known.tables) if each.order), key=lambda each: each.order)
    transcript = "".join(
        written(LABELS.get(each.category, "text"), [GridBox(0, 0, 9, 9)], body(each)) for each in elements
    )
    page = replace(page_result(), blocks=blocks_of(transcript, page_index=0, file_sha256="0" * 64))
    return "".join(MARKDOWN.document([page]))


def body(element: Element) -> str:
    if element.category == "equation_isolated":
        return "\\[" + element.latex.strip().strip("$").strip() + "\\]"
    return element.html or element.text


def scored(dataset: Path, folder: Path) -> dict[Metric, float | None]:
    known = load_dataset(dataset)
    for page in known.pages:
        (folder / f"{page.stem}.md").write_text(exported(page), encoding="utf-8")
    return dict(score(known, folder, ALONE).page_averages)


def test_blocks_and_exporter_lose_nothing_that_the_benchmark_counts(tmp_path: Path) -> None:
    figures = scored(write_dataset(tmp_path), tmp_path)
    assert figures[Metric.TEXT_EDIT] == 0.0
    assert figures[Metric.FORMULA_EDIT] == 0.0
    assert figures[Metric.TEDS] == figures[Metric.TEDS_S] == 1.0
    assert figures[Metric.READING_ORDER] == 0.0


@pytest.mark.skipif(not DEMO.is_file(), reason="the benchmark's data is not here")
def test_the_benchmarks_own_pages_come_out_of_the_exporter_as_they_went_in(tmp_path: Path) -> None:
    figures = scored(DEMO, tmp_path)
    assert figures[Metric.TEXT_EDIT] == 0.0
    assert figures[Metric.READING_ORDER] == 0.0
    assert figures[Metric.TEDS_S] == 1.0
    assert figures[Metric.TEDS] > 0.998, "two annotated cells have a space at their edge, which no table here keeps"
    assert figures[Metric.FORMULA_EDIT] < 0.003, (
        "line breaks within annotated formulas count as edits, whoever writes them"
    )
