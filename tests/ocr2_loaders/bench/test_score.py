"""A folder of predictions against the ground truth."""

import pytest

from ocr2_loaders.bench import Metric, ProblemKind, ScoreSettings, load_dataset, score
from ocr2_loaders.errors import SourceNotFound
from tests.support.benchmark_pages import FORMULAS, HARBOUR, block, page, write_dataset, write_predictions

ALONE = ScoreSettings(num_workers=1, with_cdm=False)


@pytest.fixture
def benchmark(tmp_path):
    dataset = load_dataset(write_dataset(tmp_path))
    return dataset, write_predictions(tmp_path / "predictions", dataset.pages)


def figures(report):
    return {metric: value for metric, value in report.page_averages.items() if value is not None}


def test_the_ground_truth_itself_scores_best(benchmark):
    report = score(*benchmark, ALONE)
    assert figures(report) == {
        Metric.TEXT_EDIT: 0.0,
        Metric.FORMULA_EDIT: 0.0,
        Metric.TEDS: 1.0,
        Metric.TEDS_S: 1.0,
        Metric.TABLE_EDIT: 0.0,
        Metric.READING_ORDER: 0.0,
    }
    assert report.problems == ()


def test_a_path_does_as_well_as_a_dataset(benchmark):
    dataset, predictions = benchmark
    assert score(dataset.path, predictions, ALONE).figures == score(dataset, predictions, ALONE).figures


def test_pages_without_a_prediction_are_named_and_in_no_average(benchmark):
    dataset, predictions = benchmark
    (predictions / "harbour_1.md").unlink()
    report = score(dataset, predictions, ALONE)
    assert [each.image_name for each in report.pages] == ["formulas_2.png"]
    assert [problem.kind for problem in report.problems] == [ProblemKind.MISSING_PREDICTION]
    assert report.figures[Metric.TEXT_EDIT].num_pages == 1


def test_everything_that_is_wrong_is_named_and_the_run_goes_on(tmp_path):
    pages = [HARBOUR, page("odd.png", [block("hologram", 1)]), {"no": "page"}, FORMULAS, page("gone.png", [])]
    dataset = write_dataset(tmp_path, pages)
    dataset.write_text(dataset.read_text()[:-1])  # the closing bracket is gone
    (tmp_path / "harbour_1.md").write_text("<table><tr><td rowspan='a'>x</td></tr></table>")
    (tmp_path / "odd.md").write_text("")
    (tmp_path / "formulas_2.md").write_bytes(b"\xff")
    report = score(dataset, tmp_path, ALONE)
    assert {problem.kind for problem in report.problems} == {
        ProblemKind.BROKEN_TABLE,
        ProblemKind.DAMAGED_DATASET,
        ProblemKind.EMPTY_PREDICTION,
        ProblemKind.MISSING_PREDICTION,
        ProblemKind.UNKNOWN_CATEGORY,
        ProblemKind.UNREADABLE_PREDICTION,
    }
    assert [each.image_name for each in report.pages] == ["harbour_1.png", "odd.png", "formulas_2.png"]


def test_formulas_that_were_read_as_text_count_where_the_run_has_a_text(tmp_path):
    formula = page("only.png", [block("equation_isolated", 1, latex=r"$$\alpha$$")])
    (tmp_path / "only.md").write_text("α")
    alone = score(write_dataset(tmp_path, [formula]), tmp_path, ALONE)
    assert alone.figures[Metric.TEXT_EDIT].num_samples == 0
    (tmp_path / "formulas_2.md").write_text("nothing")
    together = score(write_dataset(tmp_path, [formula, FORMULAS]), tmp_path, ALONE)
    assert together.figures[Metric.TEXT_EDIT].num_pages == 2


def test_processes_give_the_same_report_in_the_same_order(tmp_path):
    pages = [{**HARBOUR, "page_info": {**HARBOUR["page_info"], "image_path": f"{number}.png"}} for number in range(80)]
    dataset = load_dataset(write_dataset(tmp_path, pages))
    predictions = write_predictions(tmp_path / "predictions", dataset.pages)
    (predictions / "7.md").write_text("something else")
    in_order = []
    many = score(
        dataset, predictions, ScoreSettings(num_workers=2), on_page=lambda each: in_order.append(each.image_name)
    )
    one = score(dataset, predictions, ALONE)
    assert many.figures == one.figures
    assert in_order == [f"{number}.png" for number in range(80)]


def test_no_ground_truth_is_an_error(tmp_path):
    with pytest.raises(SourceNotFound):
        score(tmp_path / "none.json", tmp_path)
