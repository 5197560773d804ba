"""The two sides of the matching as lines."""

from ocr2_loaders.bench.ground_truth import Element
from ocr2_loaders.bench.matching.line import candidate_lines, ground_truth_lines, in_matching_order
from ocr2_loaders.bench.parsing import Candidate, CandidateKind, CandidateOrigin


def test_a_dropped_block_shifts_the_orders_of_those_behind_it():
    elements = [Element("text_block", 1, "***"), Element("text_block", 2, "b"), Element("title", 3, "c")]
    assert [(line.normal, line.category, line.order) for line in ground_truth_lines(elements)] == [
        ("b", "text_block", 1),
        ("c", "title", 2),
    ]


def test_a_dropped_piece_shifts_kinds_and_positions():
    pieces = [
        Candidate(CandidateKind.TEXT, 0, "---", CandidateOrigin.PARAGRAPH),
        Candidate(CandidateKind.FORMULA, 5, r"\[x\]"),
        Candidate(CandidateKind.TEXT, 9, "word", CandidateOrigin.CODE),
    ]
    assert [(line.normal, line.kind, line.position) for line in candidate_lines(pieces)] == [
        ("x", "text_block", 0),
        ("word", "equation_isolated", 5),
    ]


def test_formulas_are_compared_by_their_latex():
    (line,) = ground_truth_lines([Element("equation_isolated", 1, text="no", latex="$$ X $$")])
    assert (line.raw, line.normal) == ("$$ X $$", "x")


def test_inline_formulas_stand_behind_everything_else():
    inline = Candidate(CandidateKind.FORMULA, 0, "a", CandidateOrigin.INLINE_FORMULA)
    text, first = Candidate(CandidateKind.TEXT, 7, "b"), Candidate(CandidateKind.TEXT, 7, "c")
    assert in_matching_order([inline, text, first]) == [text, first, inline]
