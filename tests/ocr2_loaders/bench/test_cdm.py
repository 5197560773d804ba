"""CDM: how much of a formula's picture is found in the other's."""

import shutil

import pytest

from ocr2_loaders.bench import Metric, ProblemKind, ScoreSettings, load_dataset, score
from ocr2_loaders.bench.cdm import picture_similarity
from ocr2_loaders.bench.formula_rendering import FormulaPicture, TokenBox
from tests.support.benchmark_pages import PAGES, write_dataset, write_predictions

needs_tex = pytest.mark.skipif(
    not (shutil.which("xelatex") and shutil.which("gs")), reason="xelatex or gs is not installed"
)


def picture(tokens, *, shift=0, scale=1.0):
    """The tokens in one line, 20 pixels apart."""
    boxes = [
        TokenBox(token, (int(20 * place * scale) + shift, 0, int(20 * place * scale) + 10 + shift, 10))
        for place, token in enumerate(tokens)
        if token
    ]
    return FormulaPicture(tuple(boxes), 20 * len(tokens) + 100, 20)


def test_equal_pictures_are_alike():
    assert picture_similarity(picture("a+b=c"), picture("a+b=c")) == 1.0


def test_a_shift_of_the_whole_formula_does_not_matter():
    assert picture_similarity(picture("a+b=c"), picture("a+b=c", shift=90)) == 1.0


def test_another_token_is_not_found():
    assert picture_similarity(picture("a+b=c"), picture("a+b=d")) == 0.8


def test_a_token_that_looks_the_same_is_found():
    left = ["\\left(", "a", "+", "b", "\\right)"]
    assert picture_similarity(picture(left), picture("(a+b)")) == 1.0


def test_missing_tokens_lower_the_score():
    assert picture_similarity(picture("abcdef"), picture("abc")) == round(2 * 3 / 9, 3)


def test_a_token_far_from_its_place_is_not_found():
    far = picture("abcdef")
    moved = FormulaPicture((*far.tokens[:-1], TokenBox("f", (900, 500, 910, 510))), 1000, 600)
    assert picture_similarity(far, moved) == round(2 * 5 / 12, 3)


def test_a_picture_without_tokens_is_like_none():
    assert picture_similarity(picture("a"), picture("")) == 0.0


@pytest.fixture
def benchmark(tmp_path):
    dataset = load_dataset(write_dataset(tmp_path))
    return dataset, write_predictions(tmp_path / "predictions", dataset.pages)


def test_without_a_renderer_cdm_and_the_overall_score_are_absent_and_the_report_says_why(
    benchmark, monkeypatch, tmp_path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    report = score(*benchmark, ScoreSettings(num_workers=1))
    assert report.page_averages[Metric.CDM] is None
    assert report.overall is None
    assert "not found; install" in report.cdm_absent


def test_a_run_without_formulas_has_no_cdm(tmp_path):
    dataset = load_dataset(write_dataset(tmp_path, PAGES[:1]))
    report = score(dataset, write_predictions(tmp_path / "p", dataset.pages), ScoreSettings(num_workers=1))
    assert report.overall is None
    assert report.cdm_absent == "there is no formula in this run"


@needs_tex
def test_with_a_renderer_the_ground_truth_itself_scores_100(benchmark):
    rendered = []
    report = score(*benchmark, ScoreSettings(num_workers=1), on_formula=lambda: rendered.append(1))
    assert report.page_averages[Metric.CDM] == 1.0
    assert report.overall == 100.0
    assert report.cdm_absent is None
    assert len(rendered) == 1


@needs_tex
def test_a_formula_that_was_missed_scores_0_and_one_that_cannot_be_drawn_is_named(benchmark):
    dataset, predictions = benchmark
    text = (predictions / "formulas_2.md").read_text()
    (predictions / "formulas_2.md").write_text(text.replace(r"\[E = m c^{2}\]", r"\[ \color \hat \]"))
    report = score(dataset, predictions, ScoreSettings(num_workers=1))
    assert report.page_averages[Metric.CDM] == 0.0
    assert [problem.kind for problem in report.problems] == [ProblemKind.UNRENDERED_FORMULA]
    (predictions / "formulas_2.md").write_text(text.replace(r"\[E = m c^{2}\]", ""))
    report = score(dataset, predictions, ScoreSettings(num_workers=1))
    assert report.page_averages[Metric.CDM] == 0.0
    assert report.problems == ()
