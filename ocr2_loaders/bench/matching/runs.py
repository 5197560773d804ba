"""Runs of predicted lines that together make one block: a paragraph that the prediction wrote in several pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ocr2_loaders.bench.deadline import Deadline
from ocr2_loaders.bench.matching.distance import has_window_within, relative_distance

Run: TypeAlias = tuple[int, ...]
"""Indices of neighbouring lines."""

CERTAIN = 0.25
"""Lines closer than this belong together, whatever else there is."""
_PART_WITHIN = 0.6


@dataclass(frozen=True, slots=True)
class _PricedRun:
    run: Run
    cost: float

    def overlaps(self, other: _PricedRun) -> bool:
        return not set(self.run).isdisjoint(other.run)


def joined_runs(
    ground_truth: Sequence[str], candidates: Sequence[str], distances: NDArray[np.float64], deadline: Deadline
) -> list[Run]:
    """All candidates in order, each alone or in the run that it belongs to.

    `distances` has shape (ground truth, candidates). Lines that are certain partners are never joined.
    """
    certain = np.argwhere(distances < CERTAIN)
    open_rows = sorted(set(range(len(ground_truth))) - set(certain[:, 0].tolist()))
    free = sorted(set(range(len(candidates))) - set(certain[:, 1].tolist()))
    best = [run for row in open_rows if (run := _best_run(ground_truth[row], candidates, free, deadline))]
    return _with_runs(len(candidates), _selected(best))


def _best_run(block: str, candidates: Sequence[str], free: Sequence[int], deadline: Deadline) -> _PricedRun | None:
    """The run closest to the block, the first of equals; it may be a single line."""
    best: _PricedRun | None = None
    usable = frozenset(free)
    for start in free:
        deadline.check()
        run = _grown_from(start, block, candidates, usable)
        cost = relative_distance(block, " ".join(candidates[index] for index in run))
        if best is None or cost < best.cost:
            best = _PricedRun(run, cost)
    return best


def _grown_from(start: int, block: str, candidates: Sequence[str], usable: frozenset[int]) -> Run:
    """Longer as long as each further line brings the whole no further away and is found inside the block."""
    joined = candidates[start]
    end = start + 1
    while end in usable and len(joined) <= len(block):
        longer = f"{joined} {candidates[end]}"
        if relative_distance(block, longer) > relative_distance(block, joined):
            break
        if end == start + 1 and not has_window_within(block, candidates[start], _PART_WITHIN, inclusive=True):
            break
        if not has_window_within(block, candidates[end], _PART_WITHIN, inclusive=False):
            break
        joined = longer
        end += 1
    return tuple(range(start, end))


def _selected(runs: Iterable[_PricedRun]) -> list[Run]:
    """Runs that share no line."""
    in_order = sorted(runs, key=lambda priced: priced.run[0])
    return [run for group in _overlapping(in_order) for run in _cheapest_selection(group)]


def _overlapping(runs: Iterable[_PricedRun]) -> Iterator[list[_PricedRun]]:
    """Groups of runs of which each overlaps one before it."""
    group: list[_PricedRun] = []
    for run in runs:
        if group and not any(run.overlaps(other) for other in group):
            yield group
            group = []
        group.append(run)
    if group:
        yield group


def _cheapest_selection(group: Sequence[_PricedRun]) -> list[Run]:
    """Of the selections without a conflict, the one of lowest mean cost, the first of equals."""
    selections: list[list[_PricedRun]] = []
    for priced in group:
        _add(priced, selections)
    cheapest = min(selections, key=lambda selection: sum(each.cost for each in selection) / len(selection))
    return [each.run for each in cheapest]


def _add(new: _PricedRun, selections: list[list[_PricedRun]]) -> None:
    """To every selection that it has no conflict with; as a selection of its own if there is none.

    A selection that has the very same run takes over the lower cost.
    """
    is_placed = False
    for selection in selections:
        same = next((each for each in selection if each.run == new.run), None)
        if same is not None:
            is_placed = True
            if new.cost < same.cost:
                selection.remove(same)
                selection.append(new)
        elif not any(new.overlaps(each) for each in selection):
            is_placed = True
            selection.append(new)
    if not is_placed:
        selections.append([new])


def _with_runs(num_candidates: int, runs: Iterable[Run]) -> list[Run]:
    """Every run in the place of its first line, every other line alone."""
    run_of = {index: run for run in runs for index in run}
    return [run for index in range(num_candidates) if (run := run_of.get(index, (index,)))[0] == index]
