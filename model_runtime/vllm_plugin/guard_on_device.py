"""The guard against repetition for vLLM's second model runner, which keeps tokens on the device (from 0.31 on).

Nothing comes back to the host: the latest tokens of every row are gathered, all windows are compared with the latest
n-gram at once, and the matches' next tokens are set to minus infinity.
"""

from __future__ import annotations

from model_runtime.vllm_plugin.surface import SECOND_GUARD, require

require(SECOND_GUARD)

from typing import TYPE_CHECKING

import numpy as np
import torch
from vllm.v1.worker.gpu.sample.logits_processor import LogitsContext, LogitsProcessor, LogitsProcRequestState

from model_runtime.vllm_plugin.guard_arguments import rule_of
from model_runtime.vllm_plugin.ngram_rule import NgramRule
from model_runtime.vllm_plugin.ngram_tensors import ban_repeated

if TYPE_CHECKING:
    from vllm import SamplingParams
    from vllm.config import VllmConfig


class NoRepeatNgramGuardOnDevice(LogitsProcessor):
    """Bans what the official rule bans, for the requests whose `extra_args` ask for it (see `guard_arguments`).

    Requests under different rules are served one rule after the other; in practice there is one.
    """

    @classmethod
    def validate_params(cls, sampling_params: SamplingParams) -> None:
        rule_of(sampling_params.extra_args)

    def __init__(self, vllm_config: VllmConfig, req_states: LogitsProcRequestState) -> None:
        self._states = req_states
        self._rule_numbers = np.zeros(req_states.max_num_reqs, np.int32)
        self._rules: dict[NgramRule, int] = {}
        self._on_device = torch.zeros(req_states.max_num_reqs, dtype=torch.int32, device=req_states.device)
        self._changed = False

    def add_request(self, req_idx: int, sampling_params: SamplingParams) -> bool:
        rule = rule_of(sampling_params.extra_args)
        number = 0 if rule is None else self._rules.setdefault(rule, len(self._rules) + 1)
        self._changed = self._changed or self._rule_numbers[req_idx] != number
        self._rule_numbers[req_idx] = number
        return rule is not None

    def apply_staged_writes(self) -> None:
        if self._changed:
            self._on_device.copy_(torch.from_numpy(self._rule_numbers))
            self._changed = False

    def apply(self, logits: torch.Tensor, ctx: LogitsContext) -> torch.Tensor:
        present = set(np.unique(self._rule_numbers[ctx.idx_mapping_np]).tolist())
        slots = ctx.expanded_idx_mapping.long()
        for rule, number in self._rules.items():
            if number in present:
                ban_repeated(logits, *self._written(slots, ctx, rule), self._on_device[slots] == number, rule)
        return logits

    def _written(self, slots: torch.Tensor, ctx: LogitsContext, rule: NgramRule) -> tuple[torch.Tensor, torch.Tensor]:
        """The last `window` tokens of each row, (rows, window), and how many of them the model wrote, (rows,)."""
        end = ctx.pos.long() + 1
        places = end[:, None] + torch.arange(-rule.window, 0, device=end.device)  # (rows, window)
        tokens = self._states.all_token_ids.gpu[slots[:, None], places.clamp(min=0)]
        return tokens, end - self._states.prompt_len.gpu[slots]
