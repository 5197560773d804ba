"""A report for a terminal."""

from dataclasses import replace

import pytest

from ocr2_loaders.bench import Problem, ProblemKind, ScoreSettings, load_dataset, score
from ocr2_loaders.bench.reporting import report_as_text
from tests.support.benchmark_pages import write_dataset, write_predictions


@pytest.fixture
def report(tmp_path):
    dataset = load_dataset(write_dataset(tmp_path))
    predictions = write_predictions(tmp_path / "mine", dataset.pages)
    return score(dataset, predictions, ScoreSettings(num_workers=1, with_cdm=False))


def line_of(text, name):
    (line,) = [each for each in text.splitlines() if each.split("  ")[0].strip() == name]
    return line.removeprefix(f" {name}").split()


def test_the_run_stands_beside_published_figures(report):
    text = report_as_text(report)
    assert line_of(text, "this run") == ["–", "0.000", "0.000", "–", "100.00", "100.00", "0.000"]
    assert line_of(text, "DeepSeek-OCR-2 (3B)") == ["89.17", "0.049", "–", "86.85", "85.60", "90.06", "0.060"]
    assert line_of(text, "DeepSeek-OCR-2 (3B), its paper")[:3] == ["91.09", "0.048", "0.198"]


@pytest.mark.parametrize("group", ["book", "academic_literature", "english", "single_column", "double_column"])
def test_document_types_languages_and_layouts_have_lines_of_their_own(report, group):
    assert line_of(report_as_text(report), group)[1] == "0.000"


def test_an_absent_cdm_is_explained(report):
    assert "no renderer here" in report_as_text(replace(report, cdm_absent="no renderer here"))


def test_problems_are_named_on_one_line_and_the_many_of_a_kind_are_counted(report):
    problems = [Problem(ProblemKind.BROKEN_TABLE, f"page {number}", "two\nlines\x1b[31m") for number in range(15)]
    text = report_as_text(replace(report, problems=tuple(problems)))
    assert "page 0: broken table: two lines" in text
    assert "\x1b" not in text
    assert "page 12" not in text
    assert "5 more: broken table" in text


def test_a_run_without_pages_has_a_report(report):
    assert "0 pages scored" in report_as_text(replace(report, pages=(), figures={}, groups={}))
