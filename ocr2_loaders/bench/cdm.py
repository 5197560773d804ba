"""CDM: how much of a formula's picture is found in the other's, token by token (Wang et al. 2024, arXiv:2409.03643)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from ocr2_loaders.bench.formula_rendering import FormulaPicture, FormulaRenderer, TokenBox
from ocr2_loaders.bench.formula_rendering.same_looking import same_looking

_POSITION_WEIGHT = 0.05
_ORDER_WEIGHT = 0.15
_SAME_LOOKING_COST = 0.05
_MIN_SAMPLES = 3
_RESIDUAL_PX = 25.0
_MAX_TRIALS = 50
_MAX_ROUNDS = 3
_SEED = 42


def cdm(ground_truth: str, prediction: str, renderer: FormulaRenderer) -> float:
    """The F1 of tokens that stand where they should, rounded to 3 decimals as the benchmark has it.

    Raises: UnrenderedFormulaError.
    """
    return picture_similarity(renderer.picture(_bare(ground_truth)), renderer.picture(_bare(prediction)))


def _bare(latex: str) -> str:
    latex = latex.rsplit("```latex", maxsplit=1)[-1].split("```", maxsplit=1)[0]
    return latex.strip("$").strip().strip("$").strip()


def picture_similarity(ground_truth: FormulaPicture, prediction: FormulaPicture) -> float:
    """0 where nothing can be seen on one side."""
    if not ground_truth.tokens or not prediction.tokens:
        return 0.0
    token_costs = _token_costs(ground_truth.tokens, prediction.tokens)
    rows, columns = _assigned(ground_truth, prediction, token_costs)
    in_place = _in_place(_centres(ground_truth.tokens)[rows], _centres(prediction.tokens)[columns])
    found = np.count_nonzero(in_place & (token_costs[rows, columns] < 1))
    return round(2 * int(found) / (len(ground_truth.tokens) + len(prediction.tokens)), 3)


def _token_costs(rows: Sequence[TokenBox], columns: Sequence[TokenBox]) -> NDArray[np.float64]:
    """0 for equal tokens, little for those that look the same, 1 for all others."""
    looks_rows = [same_looking(each.token) for each in rows]
    looks_columns = [same_looking(each.token) for each in columns]
    costs = np.ones((len(rows), len(columns)))
    for row, looks in enumerate(looks_rows):
        for column, other_looks in enumerate(looks_columns):
            if rows[row].token == columns[column].token:
                costs[row, column] = 0.0
            elif looks == other_looks:
                costs[row, column] = _SAME_LOOKING_COST
    return costs


def _assigned(
    ground_truth: FormulaPicture, prediction: FormulaPicture, token_costs: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Tokens paired by what they are, and a little by where and in which order they stand."""
    positions = cdist(_relative_boxes(ground_truth), _relative_boxes(prediction), "cityblock") / 4
    orders = cdist(_orders(ground_truth), _orders(prediction), "cityblock")
    rows, columns = linear_sum_assignment(token_costs + _POSITION_WEIGHT * positions + _ORDER_WEIGHT * orders)
    return rows, columns


def _relative_boxes(picture: FormulaPicture) -> NDArray[np.float64]:
    """(x0, y0, x1, y1) of each token over the size of its picture, of shape (tokens, 4)."""
    size = np.array((picture.width_px, picture.height_px) * 2, dtype=np.float64)
    return np.array([each.box for each in picture.tokens], dtype=np.float64) / size


def _orders(picture: FormulaPicture) -> NDArray[np.float64]:
    return np.arange(len(picture.tokens), dtype=np.float64).reshape(-1, 1) / len(picture.tokens)


def _centres(tokens: Sequence[TokenBox]) -> NDArray[np.float64]:
    """(y, x) of each token, of shape (tokens, 2)."""
    return np.array([((y0 + y1) / 2, (x0 + x1) / 2) for x0, y0, x1, y1 in (each.box for each in tokens)])


def _in_place(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which pairs agree on one shift and scale. What is left over may agree on another, so it is tried again."""
    agreed = np.full(len(source), len(source) <= _MIN_SAMPLES)
    for _ in range(_MAX_ROUNDS):
        left = np.flatnonzero(~agreed)
        if len(left) <= _MIN_SAMPLES:
            break
        consensus = _consensus(source[left], target[left])
        if not consensus.any():
            break
        agreed[left[consensus]] = True
    return agreed


def _consensus(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.bool_]:
    """RANSAC: the most pairs that one shift and scale, estimated from three of them, brings together."""
    random = np.random.default_rng(_SEED)
    best, best_error = np.zeros(len(source), dtype=np.bool_), np.inf
    trials, allowed = 0, float(_MAX_TRIALS)
    while trials < allowed:
        trials += 1
        sample = random.choice(len(source), _MIN_SAMPLES, replace=False)
        residuals = _residuals(source, target, sample)
        inliers = residuals < _RESIDUAL_PX
        error = float(residuals @ residuals)
        if (inliers.sum(), -error) > (best.sum(), -best_error):
            best, best_error = inliers, error
            allowed = min(allowed, _trials_for(float(inliers.mean())))
            if not error:
                break
    return best


def _residuals(
    source: NDArray[np.float64], target: NDArray[np.float64], sample: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How far each pair is apart after the shift and scale of the sample; the scale is about the middle of all."""
    centre, target_centre = source[sample].mean(axis=0), target[sample].mean(axis=0)
    spread = np.linalg.norm(source[sample] - centre, axis=1).mean()
    scale = np.linalg.norm(target[sample] - target_centre, axis=1).mean() / (spread + 1e-10)
    middle = source.mean(axis=0)
    moved = scale * (source - middle) + middle + target_centre - centre
    return np.asarray(np.linalg.norm(moved - target, axis=1))


def _trials_for(inlier_share: float) -> float:
    """So many trials find a sample without outliers almost surely."""
    tiny = float(np.spacing(1))
    missed = max(tiny, 1 - inlier_share**_MIN_SAMPLES)
    return np.inf if missed == 1 else float(np.ceil(np.log(tiny) / np.log(missed)))
