"""Reading order: the orders of the ground truth's texts, as the prediction has them."""

from __future__ import annotations

from collections.abc import Iterable

from ocr2_loaders.bench.edit_distance import EditDistance, edit_distance
from ocr2_loaders.bench.matching import Pair


def reading_order_distance(pairs: Iterable[Pair]) -> EditDistance | None:
    """The edit distance between the two orders of the page's text blocks; None where no block has an order.

    Formulas, tables and captions take no part. The blocks of one pair stay together. A block that was missed is in the
    ground truth's order only.
    """
    pairs = list(pairs)
    placed = sorted((pair.position, index) for index, pair in enumerate(pairs) if pair.position is not None)
    predicted = [order for _, index in placed for order in pairs[index].orders if order]
    expected = sorted(order for pair in pairs for order in pair.orders if order)
    return edit_distance(expected, predicted) if expected or predicted else None
