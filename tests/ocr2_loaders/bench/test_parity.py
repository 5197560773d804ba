"""Our figures beside the official ones, over data that may not be kept here; skipped where it is absent."""

import json
import shutil
from pathlib import Path

import pytest

from ocr2_loaders.bench import Metric, ScoreSettings, load_dataset, score
from tests.support.benchmark_pages import write_predictions

DATA = Path(__file__).parents[4] / "shared" / "data" / "omnidocbench"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the demo pages of OmniDocBench are not here")

EDITS = {
    "text_block": Metric.TEXT_EDIT,
    "display_formula": Metric.FORMULA_EDIT,
    "table": Metric.TABLE_EDIT,
    "reading_order": Metric.READING_ORDER,
}
SETTINGS = ScoreSettings(num_workers=1, with_cdm=False)


def close(value):
    return pytest.approx(value, abs=1e-6)


@pytest.fixture(scope="module", params=["predictions_a", "predictions_c"])
def run(request):
    official = json.loads((DATA / "reference.json").read_text())["results"][request.param]
    return score(DATA, DATA / request.param, SETTINGS), official


@pytest.mark.parametrize(
    ("name", "metric", "kind"),
    [
        ("text_edit_page_avg", Metric.TEXT_EDIT, "page_average"),
        ("text_edit_whole", Metric.TEXT_EDIT, "whole"),
        ("text_edit_sample_avg", Metric.TEXT_EDIT, "sample_average"),
        ("formula_edit_page_avg", Metric.FORMULA_EDIT, "page_average"),
        ("formula_edit_whole", Metric.FORMULA_EDIT, "whole"),
        ("table_TEDS_page_avg", Metric.TEDS, "page_average"),
        ("table_TEDS_S_page_avg", Metric.TEDS_S, "page_average"),
        ("table_TEDS_sample_avg", Metric.TEDS, "sample_average"),
        ("table_TEDS_S_sample_avg", Metric.TEDS_S, "sample_average"),
        ("table_edit_page_avg", Metric.TABLE_EDIT, "page_average"),
        ("reading_order_edit_page_avg", Metric.READING_ORDER, "page_average"),
    ],
)
def test_totals_are_the_official_ones(run, name, metric, kind):
    report, official = run
    assert getattr(report.figures[metric], kind) == close(official["summary"][name])


@pytest.mark.parametrize("element", EDITS)
def test_every_page_has_the_official_edit_distance(run, element):
    report, official = run
    ours = {page.image_name: value for page in report.pages if (value := page.figure(EDITS[element])) is not None}
    assert ours == close(official["per_page_edit"][element])


def test_every_table_has_the_official_similarity(run):
    report, official = run
    ours = {
        f"{page.image_name}_[{table.pair.index}]": (table.teds.similarity, table.teds.structure)
        for page in report.pages
        for table in page.tables
    }
    expected = {name: (each["TEDS"], each["TEDS_structure_only"]) for name, each in official["per_table_TEDS"].items()}
    assert {name: close(value) for name, value in expected.items()} == ours


@pytest.mark.parametrize("element", EDITS)
def test_every_group_has_the_official_average(run, element):
    report, official = run
    expected = official["by_page_attribute"][element]["Edit_dist"]
    assert {label: report.groups[label][EDITS[element]] for label in expected if label != "ALL"} == close(
        {label: value for label, value in expected.items() if label != "ALL"}
    )


def test_as_many_samples_are_compared(run):
    report, official = run
    assert {name: report.figures[metric].num_samples for name, metric in EDITS.items()} == official["sample_counts"]


def test_the_blocks_of_the_ground_truth_as_markdown_score_best(tmp_path):
    dataset = load_dataset(DATA)
    averages = score(dataset, write_predictions(tmp_path, dataset.pages), SETTINGS).page_averages
    assert averages[Metric.TEXT_EDIT] == averages[Metric.TABLE_EDIT] == averages[Metric.READING_ORDER] == 0.0
    assert averages[Metric.TEDS] == averages[Metric.TEDS_S] == 1.0
    assert averages[Metric.FORMULA_EDIT] == pytest.approx(0.0026, abs=1e-4)  # line breaks inside formulas stay


@pytest.mark.skipif(not (shutil.which("xelatex") and shutil.which("gs")), reason="xelatex or gs is not installed")
def test_cdm_is_within_one_point_of_the_official_one():
    official = json.loads((DATA / "reference.json").read_text())["results"]["predictions_a"]["by_page_attribute"]
    papers = load_dataset(DATA).selected({"data_source": "academic_literature"})
    report = score(papers, DATA / "predictions_a", ScoreSettings(num_workers=2))
    expected = official["display_formula"]["CDM"]["data_source: academic_literature"]
    assert report.cdm_absent or report.page_averages[Metric.CDM] == pytest.approx(expected, abs=0.01)
