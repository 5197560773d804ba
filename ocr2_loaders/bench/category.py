"""The kinds of block in the ground truth, and what the benchmark does with each. The words are its own."""

from __future__ import annotations

FORMULA = "equation_isolated"
TABLE = "table"

IGNORED = frozenset(
    {
        *("figure_caption", "figure_footnote", "table_caption", "table_footnote", "code_algorithm"),
        *("code_algorithm_caption", "header", "footer", "page_footnote", "page_number", "equation_caption"),
    }
)
"""Matched, so that the same text in a prediction does no harm, and never scored."""

TEXT = (
    *("text_block", "title", "code_txt", "code_txt_caption", "reference", "equation_caption", "figure_caption"),
    *("figure_footnote", "table_caption", "table_footnote", "code_algorithm", "code_algorithm_caption", "header"),
    *("footer", "page_footnote", "page_number"),
)
POOLED = (*TEXT, FORMULA)
"""What is matched together, in the order in which it stands before it is sorted."""

UNUSED = frozenset({"figure", "abandon", "text_mask", "table_mask", "need_mask"})
"""Known and left alone. Any other category is left alone too, and named as a problem."""
KNOWN = frozenset({*POOLED, TABLE, *UNUSED})
