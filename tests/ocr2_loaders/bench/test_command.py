"""`ocr2 bench omnidocbench`."""

import json

import pytest
from typer.testing import CliRunner

from ocr2_loaders.bench import load_dataset
from ocr2_loaders.bench.command import app
from tests.support.benchmark_pages import write_dataset, write_predictions


@pytest.fixture
def folder(tmp_path):
    dataset = load_dataset(write_dataset(tmp_path))
    write_predictions(tmp_path / "predictions", dataset.pages)
    return tmp_path


def run(folder, *options):
    common = ["omnidocbench", "--dataset", str(folder), "--no-cdm", "--workers", "1"]
    return CliRunner().invoke(app, [*common, *map(str, options)])


def test_predictions_are_scored_without_an_engine(folder):
    result = run(folder, "--predictions", folder / "predictions")
    assert result.exit_code == 0
    assert "2 pages scored" in result.stdout
    assert "this run" in result.stdout


def test_the_report_is_written_as_json_and_html(folder):
    run(folder, "--predictions", folder / "predictions", "-o", folder / "out")
    assert json.loads((folder / "out" / "report.json").read_text())["figures"]["teds"]["page_average"] == 1.0
    assert (folder / "out" / "report.html").read_text().startswith("<!DOCTYPE html>")


def test_pages_are_chosen_by_attribute_and_number(folder):
    chosen = run(
        folder, "--predictions", folder / "predictions", "--filter", "data_source=book", "--filter", "language=english"
    )
    assert "1 pages scored" in chosen.stdout
    assert "1 pages scored" in run(folder, "--predictions", folder / "predictions", "--limit", "1").stdout


@pytest.mark.parametrize(
    ("option", "said"),
    [("nonsense", "NAME=VALUE"), ("colour=red", "no page of OmniDocBench.json has an attribute 'colour'")],
)
def test_a_filter_that_cannot_be_is_explained(folder, option, said):
    result = run(folder, "--predictions", folder / "predictions", "--filter", option)
    assert result.exit_code == 2
    assert said in result.stderr


def test_missing_predictions_are_told_by_the_exit_status(folder):
    (folder / "predictions" / "harbour_1.md").unlink()
    result = run(folder, "--predictions", folder / "predictions")
    assert result.exit_code == 1
    assert "harbour_1.png: missing prediction" in result.stdout


def test_missing_ground_truth_is_an_error_of_one_line(tmp_path):
    result = run(tmp_path / "none", "--predictions", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.startswith("ocr2: no ground truth")


def test_pages_whose_image_is_missing_are_named_in_the_report(folder):
    (folder / "predictions" / "harbour_1.md").unlink()
    result = run(folder, "--predictions", folder / "predictions", "--engine", "replay")
    assert result.exit_code == 1
    assert "harbour_1.png: page not transcribed: no such image" in result.stdout


def test_a_report_that_cannot_be_written_is_an_error(folder):
    (folder / "taken").write_text("")
    result = run(folder, "--predictions", folder / "predictions", "-o", folder / "taken")
    assert result.exit_code == 2
    assert "cannot write the report" in result.stderr
