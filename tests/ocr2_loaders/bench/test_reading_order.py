"""Reading order."""

from ocr2_loaders.bench.edit_distance import EditDistance
from ocr2_loaders.bench.matching import Pair
from ocr2_loaders.bench.reading_order import reading_order_distance


def pair(orders, position):
    return Pair("text_block", (0,), tuple(orders), "gt", "gt", position=position)


def test_the_prediction_puts_the_orders_by_position():
    pairs = [pair([1], 20), pair([2], 0), pair([3], 30)]
    assert reading_order_distance(pairs) == EditDistance(2, 3)  # 2 1 3 for 1 2 3


def test_the_order_of_the_pairs_themselves_does_not_matter():
    assert reading_order_distance([pair([3], 30), pair([1], 0), pair([2], 10)]) == EditDistance(0, 3)


def test_a_missed_block_is_missing_from_the_prediction_only():
    assert reading_order_distance([pair([1], 0), pair([2], None)]) == EditDistance(1, 2)


def test_blocks_of_one_pair_stay_together():
    assert reading_order_distance([pair([1, 3], 0), pair([2], 10)]) == EditDistance(2, 3)  # 1 3 2


def test_blocks_without_an_order_are_left_out():
    assert reading_order_distance([pair([0], 0), pair([1, 0], 5)]) == EditDistance(0, 1)
    assert reading_order_distance([pair([0], 0)]) is None
    assert reading_order_distance([]) is None


def test_pairs_at_the_same_position_keep_their_order():
    assert reading_order_distance([pair([2], 5), pair([1], 5)]) == EditDistance(2, 2)
