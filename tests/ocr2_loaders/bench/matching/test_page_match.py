"""Texts and formulas of one page, matched with the pieces of its prediction."""

from ocr2_loaders.bench.deadline import Deadline
from ocr2_loaders.bench.ground_truth import Element
from ocr2_loaders.bench.matching import assigned_page, matched_page
from ocr2_loaders.bench.parsing import parse_prediction

PARAGRAPH = "The quick brown fox jumps over the lazy dog"


def matched(elements, markdown):
    return matched_page(elements, parse_prediction(markdown).candidates, Deadline.after(3600))


def text(order, words, category="text_block"):
    return Element(category, order, text=words)


def formula(order, latex):
    return Element("equation_isolated", order, latex=latex)


def test_one_block_and_one_piece_are_paired_whatever_they_say():
    (pair,) = matched([text(1, "abc")], "xyz")
    assert (pair.normal_ground_truth, pair.normal_prediction) == ("abc", "xyz")


def test_a_page_without_blocks_has_no_pairs():
    assert matched([], "text") == []


def test_an_empty_prediction_misses_every_block():
    pairs = matched([text(1, "abc"), text(2, "def")], "")
    assert [(pair.prediction, pair.partner_kind, pair.position) for pair in pairs] == [("", "", None)] * 2


def test_an_ignored_block_takes_its_text_out_of_the_prediction():
    (pair,) = matched([text(0, "Running header", "header"), text(1, PARAGRAPH)], f"Running header\n\n{PARAGRAPH}")
    assert pair.prediction == PARAGRAPH


def test_an_ignored_block_takes_every_piece_that_is_like_it():
    pairs = matched([text(0, "Same words", "footer"), text(1, "Same words")], "Same words")
    assert [pair.prediction for pair in pairs] == [""]


def test_an_ignored_block_alone_is_not_scored():
    assert matched([text(0, "abc", "header")], "abc") == []


def test_a_missed_header_costs_nothing():
    assert len(matched([text(0, "Running header", "header"), text(1, PARAGRAPH)], PARAGRAPH)) == 1


def test_blocks_of_a_group_are_run_together_with_the_category_of_most():
    blocks = [text(1, "The quick brown", "title"), text(2, "fox jumps over"), text(3, "the lazy dog")]
    (pair,) = matched(blocks, PARAGRAPH)
    assert pair.category == "text_block"
    assert pair.orders == (1, 2, 3)
    assert pair.ground_truth == "The quick brownfox jumps overthe lazy dog"
    assert pair.normal_ground_truth == pair.normal_prediction


def test_of_equally_many_categories_the_first_counts():
    (pair,) = matched([text(1, "The quick brown fox", "title"), text(2, "jumps over the lazy dog")], PARAGRAPH)
    assert pair.category == "title"


def test_rows_of_a_formula_meet_the_rows_of_an_array():
    pairs = matched([formula(3, r"\begin{array}{l} a=b+c \\ d=e+f \end{array}")], "$$a=b+c$$\n\n$$d=e+f$$")
    assert [(pair.orders, pair.normal_prediction) for pair in pairs] == [((3.1,), "a=b+c"), ((3.2,), "d=e+f")]


def test_formulas_of_one_group_are_set_one_below_the_other():
    (pair,) = matched([formula(1, "$$\na=b\n$$"), formula(2, "$$c=d$$")], "$$a=bc=d$$")
    assert pair.ground_truth == r"\begin{array}{l} {a=b} \\ {c=d} \end{array}"


def test_predicted_formulas_of_one_group_are_set_one_below_the_other():
    (pair,) = matched([formula(1, "$$abcdefgh$$")], "$$abcd$$\n\n$$efgh$$")
    assert pair.prediction == r"\begin{array}{l} {\[abcd\]} \\ {\[efgh\]} \end{array}"
    assert pair.partner_kind == "equation_isolated"


def test_a_formula_may_be_matched_with_an_inline_formula():
    pairs = matched(
        [text(1, PARAGRAPH), formula(2, "$$E = mc^2$$")], f"{PARAGRAPH}\n\nwhere $E=mc^2$ and nothing else holds"
    )
    assert {pair.category: pair.partner_kind for pair in pairs} == {
        "text_block": "text_block",
        "equation_isolated": "equation_inline",
    }


def test_after_the_time_limit_blocks_are_assigned_by_distance_alone():
    pairs = assigned_page(
        [text(1, "abc"), text(2, "def"), text(3, "header", "header")], parse_prediction("def\n\nabc").candidates
    )
    assert [(pair.normal_ground_truth, pair.normal_prediction, pair.position) for pair in pairs] == [
        ("abc", "abc", 3),
        ("def", "def", None),  # the very first piece: kind and position are forgotten
    ]


def test_the_way_out_takes_empty_pages_too():
    assert assigned_page([], []) == []
    assert [pair.prediction for pair in assigned_page([text(1, "abc")], [])] == [""]
