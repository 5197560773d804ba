"""A report as JSON."""

import json

from ocr2_loaders.bench import Problem, ProblemKind, ScoreSettings, load_dataset, score
from ocr2_loaders.bench.reporting import report_as_json
from tests.support.benchmark_pages import write_dataset, write_predictions


def written(folder):
    dataset = load_dataset(write_dataset(folder))
    predictions = write_predictions(folder / "mine", dataset.pages[:1])
    return json.loads(report_as_json(score(dataset, predictions, ScoreSettings(num_workers=1, with_cdm=False))))


def test_every_figure_is_there_at_full_precision(tmp_path):
    report = written(tmp_path)
    assert report["figures"]["teds"] == {
        "page_average": 1.0,
        "whole": None,
        "sample_average": 1.0,
        "num_pages": 1,
        "num_samples": 1,
    }
    assert report["overall"] is None
    assert report["groups"]["data_source: book"]["text_edit"] == 0.0


def test_every_page_is_there_with_its_own_figures(tmp_path):
    (page,) = written(tmp_path)["pages"]
    assert page["image_name"] == "harbour_1.png"
    assert page["formula_edit"] is None
    assert page["tables"] == [{"teds": 1.0, "teds_s": 1.0, "edit": 0.0}]


def test_problems_are_named(tmp_path):
    (problem,) = written(tmp_path)["problems"]
    assert (problem["kind"], problem["page"]) == (ProblemKind.MISSING_PREDICTION, "formulas_2.png")
    assert str(Problem(**{**problem, "kind": ProblemKind(problem["kind"])})).startswith("formulas_2.png: missing")
