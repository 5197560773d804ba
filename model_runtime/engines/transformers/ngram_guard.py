"""The guard against endless repetition: the official sliding-window rule, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from transformers import LogitsProcessor

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from model_runtime.engines.transformers.settings import GuardSettings


class NGramGuard(LogitsProcessor):
    """Forbids the token that would complete an n-gram for the second time within the window.

    Source: `process/ngram_norepeat.py` of the official repository. It takes what was written so far without the prompt,
    all rows equally long, and never waits for the device.
    """

    def __init__(self, settings: GuardSettings, exempt_ids: Sequence[int]) -> None:
        self._size = settings.ngram_size
        self._window = settings.window
        self._exempt_ids = list(exempt_ids)

    def __call__(
        self, input_ids: Int[Tensor, "rows written"], scores: Float[Tensor, "rows vocabulary"]
    ) -> Float[Tensor, "rows vocabulary"]:
        if input_ids.shape[1] < self._size:
            return scores
        grams = input_ids[:, -self._window :].unfold(1, self._size, 1)  # (rows, grams, ngram_size)
        last = grams[:, :, -1]
        begun_again = (grams[:, :, :-1] == input_ids[:, None, 1 - self._size :]).all(-1)  # (rows, grams)
        exempt = torch.tensor(self._exempt_ids, dtype=last.dtype, device=last.device)
        forbidden = begun_again & ~torch.isin(last, exempt)
        penalty = torch.zeros_like(forbidden, dtype=scores.dtype).masked_fill(forbidden, -torch.inf)
        return scores.scatter_add(1, last, penalty)
