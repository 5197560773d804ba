"""A scored run for a terminal, a program and a browser."""

from ocr2_loaders.bench.reporting.html_report import report_as_html
from ocr2_loaders.bench.reporting.json_report import report_as_dict, report_as_json
from ocr2_loaders.bench.reporting.published import PUBLISHED, PublishedRow
from ocr2_loaders.bench.reporting.text import report_as_text

__all__ = ["PUBLISHED", "PublishedRow", "report_as_dict", "report_as_html", "report_as_json", "report_as_text"]
