"""Texts and formulas of one page, matched with the pieces of its prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from ocr2_loaders.bench.category import IGNORED
from ocr2_loaders.bench.deadline import Deadline
from ocr2_loaders.bench.ground_truth import Element
from ocr2_loaders.bench.matching.array_rows import candidate_rows, element_rows
from ocr2_loaders.bench.matching.distance import distance_matrix
from ocr2_loaders.bench.matching.groups import Group, matched_groups
from ocr2_loaders.bench.matching.line import (
    CandidateLine,
    GroundTruthLine,
    candidate_lines,
    ground_truth_lines,
    in_matching_order,
)
from ocr2_loaders.bench.matching.pair import Pair, pair_of
from ocr2_loaders.bench.matching.runs import CERTAIN
from ocr2_loaders.bench.parsing import Candidate


def matched_page(pool: Sequence[Element], candidates: Sequence[Candidate], deadline: Deadline) -> list[Pair]:
    """A pair for every scored block of the pool, and nothing for the ignored ones.

    Raises: DeadlinePassedError.
    """
    lines = ground_truth_lines(list(element_rows(pool)))
    predicted = candidate_lines(list(candidate_rows(in_matching_order(candidates))))
    is_certain = len(lines) == len(predicted) == 1
    groups = [Group((0,), (0,))] if is_certain else _groups(lines, predicted, deadline)
    return _scored([pair_of(group, lines, predicted) for group in groups])


def _scored(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.category not in IGNORED]


def _groups(lines: Sequence[GroundTruthLine], predicted: Sequence[CandidateLine], deadline: Deadline) -> list[Group]:
    """Groups of scored blocks, in indices of all lines."""
    scored = [index for index, line in enumerate(lines) if line.category not in IGNORED]
    ignored = [line.normal for line in lines if line.category in IGNORED]
    free = _unlike(ignored, predicted)
    groups = matched_groups(
        [lines[index].normal for index in scored], [predicted[index].normal for index in free], deadline
    )
    return [
        Group(tuple(scored[block] for block in group.blocks), tuple(free[index] for index in group.candidates))
        for group in groups
    ]


def _unlike(ignored: Sequence[str], predicted: Sequence[CandidateLine]) -> list[int]:
    """The candidates that no ignored block accounts for."""
    distances = distance_matrix(ignored, [line.normal for line in predicted])
    taken = set(np.argwhere(distances < CERTAIN)[:, 1].tolist())
    return [index for index in range(len(predicted)) if index not in taken]


def assigned_page(pool: Sequence[Element], candidates: Sequence[Candidate]) -> list[Pair]:
    """The benchmark's way out for pages that take too long: one assignment by distance.

    Nothing is split or joined, and blocks that are not scored take part. A block whose partner is the very first
    candidate forgets what it was matched with and where, as in the benchmark.
    """
    lines = ground_truth_lines(pool)
    predicted = candidate_lines(candidates)
    distances = distance_matrix([line.normal for line in lines], [line.normal for line in predicted])
    partner_of = dict(zip(*linear_sum_assignment(distances), strict=True))
    groups = [Group((i,), (int(partner_of[i]),) if i in partner_of else ()) for i in range(len(lines))]
    pairs = [_forgetful(pair_of(group, lines, predicted), group) for group in groups]
    return _scored(pairs)


def _forgetful(pair: Pair, group: Group) -> Pair:
    return replace(pair, partner_kind="", position=None) if group.candidates == (0,) else pair
