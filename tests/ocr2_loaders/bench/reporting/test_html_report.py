"""A report for a browser."""

from dataclasses import replace

import pytest
from lxml import html

from ocr2_loaders.bench import ScoreSettings, load_dataset, score
from ocr2_loaders.bench.reporting import report_as_html
from ocr2_loaders.bench.reporting.html_report import page_error
from tests.support.benchmark_pages import write_dataset, write_predictions

HOSTILE = '<script>alert("1")</script> <img src=x onerror=alert(2)> \ud800'


@pytest.fixture
def report(tmp_path):
    dataset = load_dataset(write_dataset(tmp_path))
    predictions = write_predictions(tmp_path / "mine", dataset.pages)
    (predictions / "harbour_1.md").write_text(HOSTILE.encode("utf-8", errors="replace").decode())
    return score(dataset, predictions, ScoreSettings(num_workers=1, with_cdm=False))


def test_the_worst_page_comes_first(report):
    summaries = [each.text_content() for each in html.fromstring(report_as_html(report)).iter("summary")]
    assert [each.split(":")[0] for each in summaries[-2:]] == ["harbour_1.png", "formulas_2.png"]


def test_ground_truth_and_prediction_stand_side_by_side(report):
    rows = html.fromstring(report_as_html(report)).xpath("//table[@class='pairs']//tr[td]")
    assert [
        "E = m c^{2}" in row[0].text_content() and row[1].text_content() == r"\[E = m c^{2}\]" for row in rows
    ].count(True) == 1


def test_what_a_model_wrote_is_shown_and_never_run(report):
    page = report_as_html(report)
    tree = html.fromstring(page)
    assert not tree.xpath("//script | //img | //@onerror")
    assert '<script>alert("1")</script>' in tree.text_content()


def test_nothing_is_fetched(report):
    tree = html.fromstring(report_as_html(report))
    assert not tree.xpath("//@src | //@href")
    assert "default-src 'none'" in tree.xpath("//meta/@content")[0]


def test_only_so_many_pages_are_shown(report):
    assert report_as_html(report, num_worst=1).count('class="pairs"') == 1


def test_names_are_escaped_and_encodable(report):
    page = report_as_html(replace(report, name=HOSTILE, cdm_absent=HOSTILE))
    assert not html.fromstring(page).xpath("//script")
    page.encode("utf-8")


def test_the_error_of_a_page_is_the_mean_over_the_metrics_that_it_has(report):
    errors = {page.image_name: page_error(page) for page in report.pages}
    assert errors["formulas_2.png"] == 0.0
    assert 0.5 < errors["harbour_1.png"] <= 1.0
