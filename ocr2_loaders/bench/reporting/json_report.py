"""A report as JSON: every figure at full precision, 0..1 but for the overall score, null where there is none."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ocr2_loaders.bench.page_score import Metric, PageScore
from ocr2_loaders.bench.report import BenchReport, overall
from ocr2_loaders.bench.reporting.published import PUBLISHED

SCHEMA_VERSION = 1


def report_as_json(report: BenchReport) -> str:
    """One object; names of files that are no Unicode come out with escapes."""
    return json.dumps(report_as_dict(report), ensure_ascii=True, indent=1) + "\n"


def report_as_dict(report: BenchReport) -> dict[str, Any]:
    """The report as values that JSON knows."""
    return {
        "schema_version": SCHEMA_VERSION,
        "benchmark": "OmniDocBench v1.5",
        "name": report.name,
        "overall": report.overall,
        "leaderboard_overall": report.leaderboard_overall,
        "cdm_absent": report.cdm_absent,
        "figures": {metric.value: asdict(figure) for metric, figure in report.figures.items()},
        "groups": {
            label: {"overall": overall(averages), **{metric.value: value for metric, value in averages.items()}}
            for label, averages in report.groups.items()
        },
        "pages": [_page(page) for page in report.pages],
        "problems": [
            {"kind": problem.kind.value, "page": problem.page, "detail": problem.detail} for problem in report.problems
        ],
        "seconds": asdict(report.seconds),
        "published": [asdict(row) for row in PUBLISHED],
    }


def _page(page: PageScore) -> dict[str, Any]:
    return {
        "image_name": page.image_name,
        **{metric.value: page.figure(metric) for metric in Metric},
        "tables": [
            {"teds": table.teds.similarity, "teds_s": table.teds.structure, "edit": table.edit.ratio}
            for table in page.tables
        ],
        "formulas": [{"edit": formula.edit.ratio, "cdm": formula.cdm} for formula in page.formulas],
        "matching_s": round(page.matching_s, 4),
        "teds_s_taken": round(page.teds_s, 4),
    }
