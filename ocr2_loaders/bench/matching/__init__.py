"""Ground truth and prediction of one page as pairs."""

from ocr2_loaders.bench.matching.page_match import assigned_page, matched_page
from ocr2_loaders.bench.matching.pair import Pair
from ocr2_loaders.bench.matching.table_match import TableMatch, TablePair, matched_tables

__all__ = [
    "Pair",
    "TableMatch",
    "TablePair",
    "assigned_page",
    "matched_page",
    "matched_tables",
]
