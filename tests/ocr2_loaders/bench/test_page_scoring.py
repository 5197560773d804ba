"""One page of ground truth against one page of Markdown."""

import pytest

from ocr2_loaders.bench import Metric, ProblemKind, ScoreSettings
from ocr2_loaders.bench.ground_truth import GroundTruthPage, page_from_json
from ocr2_loaders.bench.page_scoring import score_page
from tests.support.benchmark_pages import FORMULAS, HARBOUR, TABLE, block, markdown_of, page

DEFAULTS = ScoreSettings()


def known(entry):
    return page_from_json(entry)[0]


def scored(entry, markdown, settings=DEFAULTS):
    return score_page(known(entry), markdown, settings)


def kinds(score):
    return [problem.kind for problem in score.problems]


@pytest.mark.parametrize("entry", [HARBOUR, FORMULAS])
def test_the_page_itself_scores_best(entry):
    score = scored(entry, markdown_of(known(entry)))
    best = {Metric.TEDS: 1.0, Metric.TEDS_S: 1.0}
    figures = {metric: score.figure(metric) for metric in Metric if score.figure(metric) is not None}
    assert figures == {metric: best.get(metric, 0.0) for metric in figures}
    assert score.problems == ()


def test_metrics_without_a_sample_have_no_figure():
    score = scored(FORMULAS, "")
    assert score.figure(Metric.TEDS) is score.figure(Metric.TABLE_EDIT) is score.figure(Metric.CDM) is None


def test_an_empty_page_misses_everything_and_is_named():
    score = scored(HARBOUR, " \n")
    assert score.figure(Metric.TEXT_EDIT) == score.figure(Metric.TABLE_EDIT) == 1.0
    assert score.figure(Metric.READING_ORDER) == 1.0
    assert score.figure(Metric.TEDS) == 0.0
    assert kinds(score) == [ProblemKind.EMPTY_PREDICTION]


def test_a_page_is_all_its_edits_over_all_its_lengths():
    entry = page("a.png", [block("text_block", 1, text="abcdefgh"), block("text_block", 2, text="12")])
    score = scored(entry, "abcdefgh\n\nxy")
    assert score.figure(Metric.TEXT_EDIT) == 0.2


def test_a_formula_that_was_read_as_text_counts_as_text():
    entry = page(
        "a.png",
        [
            block("text_block", 1, text="Words that are found"),
            block("equation_isolated", 2, latex=r"$$\alpha = \beta$$"),
        ],
    )
    score = scored(entry, "Words that are found\n\nα = β")
    assert score.formulas == ()
    (formula,) = score.formulas_as_text
    assert formula.pair.compared == ("αβ", "αβ")
    assert score.reading_order.length == 1  # it takes no part in the reading order


def test_a_formula_that_was_missed_stays_a_formula():
    score = scored(page("a.png", [block("equation_isolated", 2, latex="$$x$$")]), "")
    assert score.figure(Metric.FORMULA_EDIT) == 1.0


def test_a_text_without_letters_is_compared_as_it_is():
    entry = page("a.png", [block("text_block", 1, text="word"), block("equation_isolated", 2, latex="$$ + $$")])
    score = scored(entry, "word\n\nplus")
    assert score.formulas_as_text[0].pair.compared[0].strip() == "+"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<table><tr><td colspan='x'>Year</td></tr></table>", "span"),
        ("<table><tr><td>Year</td><![broken[ </tr></table>", "cannot be read"),
    ],
)
def test_a_broken_table_scores_0_and_is_named(markup, reason):
    score = scored(HARBOUR, markup)
    assert score.figure(Metric.TEDS) == 0.0
    assert kinds(score) == [ProblemKind.BROKEN_TABLE]
    assert reason in score.problems[0].detail


def test_tables_in_latex_score_0_and_are_named():
    score = scored(HARBOUR, r"\begin{tabular}{ll} Year & Ships \\ 1904 & 12 \end{tabular}")
    assert score.figure(Metric.TEDS) == 0.0
    assert kinds(score) == [ProblemKind.LATEX_TABLE]


def test_a_table_of_the_ground_truth_without_a_tag_is_compared_as_it_is():
    entry = page("a.png", [block("table", 1, html="just words", latex="x")])
    assert scored(entry, TABLE).figure(Metric.TEDS) == 0.0


def test_a_page_over_the_time_limit_is_assigned_by_distance_and_named():
    settings = ScoreSettings(matching_timeout_s=-1.0)
    score = scored(HARBOUR, markdown_of(known(HARBOUR)), settings)
    assert kinds(score) == [ProblemKind.SLOW_MATCHING]
    assert score.figure(Metric.TEXT_EDIT) == 0.0


def test_a_table_over_the_time_limit_scores_0_and_is_named():
    score = scored(HARBOUR, TABLE.replace("12", "13"), ScoreSettings(table_timeout_s=-1.0))
    assert kinds(score) == [ProblemKind.SLOW_TABLE]
    assert score.figure(Metric.TEDS) == 0.0
    assert 0 < score.figure(Metric.TABLE_EDIT) < 0.1


def test_a_page_belongs_to_a_group_for_each_attribute_and_each_issue():
    attributes = {"language": "english", "watermark": False, "special_issue": ["fuzzy_scan", "table_horizontal"]}
    labels = score_page(GroundTruthPage("a.png", attributes), "", DEFAULTS).labels
    assert labels == ("language: english", "watermark: False", "fuzzy_scan")
