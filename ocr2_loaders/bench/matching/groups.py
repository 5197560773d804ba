"""Which blocks of the ground truth belong to which predicted lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scipy.optimize import linear_sum_assignment

from ocr2_loaders.bench.deadline import Deadline
from ocr2_loaders.bench.matching.distance import distance_matrix, has_window_within
from ocr2_loaders.bench.matching.runs import Run, joined_runs

_PARTNERS_WITHIN = 0.7
_BLOCK_INSIDE_LINE_BELOW = 0.4


@dataclass(frozen=True, slots=True)
class Group:
    """Indices of blocks and of candidates that are compared with each other; no candidates for a block that is
    missed.
    """

    blocks: tuple[int, ...]
    candidates: tuple[int, ...] = ()


def matched_groups(ground_truth: Sequence[str], candidates: Sequence[str], deadline: Deadline) -> list[Group]:
    """Every block in exactly one group. Candidates that belong to no block are in none.

    Raises: DeadlinePassedError.
    """
    partners = _partners(ground_truth, candidates, deadline)
    blocks_of: dict[Run, list[int]] = {}
    for block, run in partners.items():
        blocks_of.setdefault(run, []).append(block)
    missed = [block for block in range(len(ground_truth)) if block not in partners]
    _add_contained(blocks_of, missed, ground_truth, candidates, deadline)
    groups = [Group(tuple(sorted(blocks)), run) for run, blocks in blocks_of.items() if blocks]
    groups += _leftover_pairs(blocks_of, ground_truth, candidates)
    placed = {block for group in groups for block in group.blocks}
    return groups + [Group((block,)) for block in range(len(ground_truth)) if block not in placed]


def _partners(ground_truth: Sequence[str], candidates: Sequence[str], deadline: Deadline) -> dict[int, Run]:
    """Blocks and runs of candidates, one to one, of the least total distance; pairs too far apart are no partners."""
    runs = joined_runs(ground_truth, candidates, distance_matrix(ground_truth, candidates), deadline)
    joined = [" ".join(candidates[index] for index in run) for run in runs]
    distances = distance_matrix(ground_truth, joined)
    rows, columns = linear_sum_assignment(distances)
    return {
        int(row): runs[column]
        for row, column in zip(rows, columns, strict=True)
        if distances[row, column] <= _PARTNERS_WITHIN
    }


def _add_contained(
    blocks_of: dict[Run, list[int]],
    missed: Sequence[int],
    ground_truth: Sequence[str],
    candidates: Sequence[str],
    deadline: Deadline,
) -> None:
    """Gives each missed block to the first line that contains it.

    A line that contains only blocks that were given away before counts as used all the same, as the benchmark has it.
    """
    given: set[int] = set()
    for index, line in enumerate(candidates):
        deadline.check()
        contained = [
            block
            for block in missed
            if has_window_within(line, ground_truth[block], _BLOCK_INSIDE_LINE_BELOW, inclusive=False)
        ]
        if contained:
            blocks_of.setdefault((index,), []).extend(block for block in contained if block not in given)
            given.update(contained)


def _leftover_pairs(
    blocks_of: dict[Run, list[int]], ground_truth: Sequence[str], candidates: Sequence[str]
) -> Iterator[Group]:
    """Blocks and lines that are in no group yet, one to one, however far apart they are."""
    blocks = _without(len(ground_truth), (block for placed in blocks_of.values() for block in placed))
    lines = _without(len(candidates), (index for run in blocks_of for index in run))
    if not blocks or not lines:
        return
    distances = distance_matrix([ground_truth[block] for block in blocks], [candidates[index] for index in lines])
    for row, column in zip(*linear_sum_assignment(distances), strict=True):
        yield Group((blocks[row],), (lines[column],))


def _without(count: int, used: Iterable[int]) -> list[int]:
    """The indices that are not used, in the order of a difference of sets.

    It is not always ascending, and it decides between equal distances.
    """
    return list(set(range(count)) - set(used))
