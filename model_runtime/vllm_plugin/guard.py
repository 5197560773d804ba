"""The guard against repetition as a logits processor of vLLM's first model runner, the only one with guards up to 0.30.

vLLM tells of a request once, with the list that its tokens will be written to, and keeps that list up to date. Each
step the newest tokens are picked up, the table of matches is brought forward, and where nothing is banned, which is
nearly always, no kernel is launched and nothing is copied to the device.
"""

from __future__ import annotations

from model_runtime.vllm_plugin.surface import FIRST_GUARD, require

require(FIRST_GUARD)

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from vllm.v1.sample.logits_processor import BatchUpdate, LogitsProcessor, MoveDirectionality

from model_runtime.vllm_plugin.guard_arguments import rule_of
from model_runtime.vllm_plugin.ngram_rule import NgramTable

if TYPE_CHECKING:
    from vllm import SamplingParams
    from vllm.config import VllmConfig

_NO_TOKENS: list[int] = []
_newest = itemgetter(slice(-1, None))
_PLACEHOLDER = -1


class NoRepeatNgramGuard(LogitsProcessor):
    """Bans what the official rule bans, for the requests whose `extra_args` ask for it (see `guard_arguments`)."""

    @classmethod
    def validate_params(cls, sampling_params: SamplingParams) -> None:
        rule_of(sampling_params.extra_args)

    def __init__(self, vllm_config: VllmConfig, device: torch.device, is_pin_memory: bool) -> None:
        num_rows = vllm_config.scheduler_config.max_num_seqs
        self._bans = BanList(device, is_pin_memory=is_pin_memory)
        self._table = NgramTable(num_rows)
        self._tokens: list[list[int]] = [_NO_TOKENS] * num_rows
        self._num_seen = np.zeros(num_rows, np.int64)
        self._num_guarded = 0

    def is_argmax_invariant(self) -> bool:
        return False

    def update_state(self, batch_update: BatchUpdate | None) -> None:
        """The batch as it is from now on; in the order that vLLM asks for: removed, added, moved."""
        if batch_update is None:
            return
        for row in batch_update.removed:
            self._clear(row)
        for row, params, _, tokens in batch_update.added:
            self._clear(row)
            self._start(row, params, tokens)
        for source, target, direction in batch_update.moved:
            self._move(source, target, swap=direction == MoveDirectionality.SWAP)

    def apply(self, logits: torch.Tensor) -> torch.Tensor:
        if not self._num_guarded:
            return logits
        self._pick_up()
        rows, tokens = self._table.banned(logits.shape[0])
        if len(rows):
            self._bans.put_into(logits, rows, tokens)
        return logits

    def _pick_up(self) -> None:
        """Brings the table forward by what was written since the last step: one token for nearly every row."""
        lengths = np.fromiter(map(len, self._tokens), np.int64, len(self._tokens))
        grown = lengths - self._num_seen
        newest = np.fromiter(chain.from_iterable(map(_newest, self._tokens)), np.int32)
        tokens = np.zeros(len(lengths), np.int32)
        tokens[lengths > 0] = newest
        (rows,) = np.nonzero(grown == 1)
        self._table.extend(rows, tokens[rows])
        for row in np.flatnonzero(grown > 1):  # a request that came back, or several tokens in one step: rare
            for token in self._tokens[row][-int(grown[row]) :]:
                self._table.extend(np.array([row]), np.array([token], np.int32))
        self._num_seen = lengths

    def _start(self, row: int, params: SamplingParams, tokens: list[int]) -> None:
        rule = rule_of(params.extra_args)
        if rule is None:
            return
        written = [token for token in tokens if token != _PLACEHOLDER]  # the newest may still be on the device
        self._table.start(row, rule, written)
        self._tokens[row] = tokens
        self._num_seen[row] = len(written)
        self._num_guarded += 1

    def _clear(self, row: int) -> None:
        self._num_guarded -= self._tokens[row] is not _NO_TOKENS
        self._table.clear(row)
        self._tokens[row] = _NO_TOKENS
        self._num_seen[row] = 0

    def _move(self, source: int, target: int, *, swap: bool) -> None:
        if not swap:
            self._clear(target)
        self._table.swap(source, target)
        self._tokens[source], self._tokens[target] = self._tokens[target], self._tokens[source]
        self._num_seen[[source, target]] = self._num_seen[[target, source]]


class BanList:
    """Carries pairs of row and token to the device: one small copy from memory that is there to stay.

    The memory is written again in the next step. By then vLLM has waited for this step's tokens, and so for the copy.
    """

    def __init__(self, device: torch.device, *, is_pin_memory: bool) -> None:
        self._device = device
        self._is_pin_memory = is_pin_memory
        self._minus_infinity = torch.tensor(float("-inf"), dtype=torch.float32, device=device)
        self._make_room(1024)

    def put_into(self, logits: torch.Tensor, rows: NDArray[np.intp], tokens: NDArray[np.int32]) -> None:
        """Sets these places of the logits, float32, to minus infinity."""
        num = len(rows)
        if num > self._on_host.shape[1]:
            self._make_room(2 * num)
        self._on_host.numpy()[:, :num] = rows, tokens
        pairs = self._on_host[:, :num].to(self._device, non_blocking=True)
        logits.index_put_((pairs[0], pairs[1]), self._minus_infinity)

    def _make_room(self, num_pairs: int) -> None:
        self._on_host = torch.empty(2, num_pairs, dtype=torch.int64, pin_memory=self._is_pin_memory)
