"""The figures of a whole run."""

import pytest

from ocr2_loaders.bench.edit_distance import EditDistance
from ocr2_loaders.bench.matching import Pair, TablePair
from ocr2_loaders.bench.page_score import Metric, PageScore, ScoredPair, ScoredTable
from ocr2_loaders.bench.report import BenchReport, Figure, Seconds, figures_of, groups_of, overall
from ocr2_loaders.bench.teds import Teds

PAIR = Pair("text_block", (0,), (1,), "gt", "gt")


def texts(*edits):
    return tuple(ScoredPair(PAIR, EditDistance(*edit)) for edit in edits)


def tables(*similarities):
    return tuple(ScoredTable(TablePair(0, "", ""), EditDistance(1, 2), Teds(each, 1.0)) for each in similarities)


def test_a_page_counts_once_however_long_it_is():
    pages = [PageScore("a", texts=texts((0, 90), (10, 10))), PageScore("b", texts=texts((1, 2))), PageScore("c")]
    assert figures_of(pages)[Metric.TEXT_EDIT] == Figure(
        page_average=pytest.approx((0.1 + 0.5) / 2),
        whole=pytest.approx(11 / 102),
        sample_average=pytest.approx((0 + 1 + 0.5) / 3),
        num_pages=2,
        num_samples=3,
    )


def test_tables_are_averaged_on_their_page_first():
    pages = [PageScore("a", tables=tables(1.0, 0.0)), PageScore("b", tables=tables(1.0))]
    figure = figures_of(pages)[Metric.TEDS]
    assert (figure.page_average, figure.whole) == (0.75, None)
    assert figure.sample_average == pytest.approx(2 / 3)


def test_an_empty_run_has_no_figures():
    assert set(figures_of([]).values()) == {Figure(None, None, None, 0, 0)}


def test_groups_average_their_own_pages():
    pages = [
        PageScore("a", {"language": "english", "special_issue": ["fuzzy_scan"]}, texts=texts((1, 10))),
        PageScore("b", {"language": "english", "special_issue": []}, texts=texts((3, 10))),
        PageScore("c", {"language": "german", "special_issue": ["fuzzy_scan"]}, texts=texts((5, 10))),
    ]
    averages = {label: group[Metric.TEXT_EDIT] for label, group in groups_of(pages).items()}
    assert averages == {
        "fuzzy_scan": pytest.approx(0.3),
        "language: english": pytest.approx(0.2),
        "language: german": pytest.approx(0.5),
    }


def test_the_overall_score_is_the_mean_of_its_three_parts():
    assert overall({Metric.TEXT_EDIT: 0.049, Metric.TEDS: 0.856, Metric.CDM: 0.8685}) == pytest.approx(89.18, abs=0.01)


def test_the_leaderboard_rounds_the_parts_first():
    parts = {Metric.TEXT_EDIT: 0.3513169474289845, Metric.TEDS: 0.8001187319330195, Metric.CDM: 0.8594875}
    report = BenchReport(
        "run",
        {metric: Figure(value, None, None, 1, 1) for metric, value in parts.items()},
        groups={},
        pages=(),
        problems=(),
        seconds=Seconds(0.0, 0.0, 0.0, 0.0),
    )
    assert report.overall == pytest.approx(76.94297615013448)
    assert report.leaderboard_overall == pytest.approx(76.95366666666666)


@pytest.mark.parametrize("missing", [Metric.TEXT_EDIT, Metric.TEDS, Metric.CDM])
def test_there_is_no_overall_score_without_all_of_them(missing):
    parts = {Metric.TEXT_EDIT: 0.1, Metric.TEDS: 0.9, Metric.CDM: 0.9}
    assert overall({**parts, missing: None}) is None
