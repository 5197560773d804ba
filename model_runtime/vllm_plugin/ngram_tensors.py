"""The official rule against repetition on tensors: no state, no synchronisation. Free of vLLM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from model_runtime.vllm_plugin.ngram_rule import NgramRule

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int
    from torch import Tensor


def ban_repeated(
    logits: Float[Tensor, "rows vocab"],
    latest: Int[Tensor, "rows window"],
    num_written: Int[Tensor, "rows"],
    guarded: Bool[Tensor, "rows"],
    rule: NgramRule,
) -> None:
    """Sets to minus infinity, in the guarded rows, every token that the rule bans.

    `latest` holds each row's last `rule.window` tokens, the newest last; only its last `num_written` count.
    """
    if rule.num_lags == 0:
        return
    size, window = rule.ngram_size, rule.window
    ngrams = latest.unfold(1, size, 1)  # (rows, lags, size)
    prefix = latest[:, window - (size - 1) :]  # (rows, size - 1)
    starts = torch.arange(rule.num_lags, device=latest.device)
    whole = starts >= window - num_written[:, None]  # (rows, lags): no n-gram reaches back into the prompt
    hits = (ngrams[..., :-1] == prefix[:, None]).all(-1) & whole & guarded[:, None]  # (rows, lags)
    tokens = ngrams[..., -1].long()
    for token in sorted(rule.whitelist):
        hits &= tokens != token
    penalties = torch.where(hits, float("-inf"), 0.0).to(logits.dtype)
    logits.scatter_add_(1, tokens.clamp(0, logits.shape[1] - 1), penalties)
