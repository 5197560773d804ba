"""What was found in a document as one HTML file, each page's picture beside its blocks."""

from ocr2_loaders.view.report.report import report

__all__ = ["report"]
