"""Greedy decoding of a batch of pages, token by token: the logic of generation, with the decoder as a part.

Transformers' own `generate` hands out tokens of a batch only through a thread and keeps every row until the last one
ends; here the caller draws the tokens, and rows that are done, or that nobody waits for any more, leave the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from model_runtime.contract import FinishReason
from model_runtime.engines.transformers.cached_decoder import CachedDecoder

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from transformers import DeepseekOcr2ForConditionalGeneration

Guard = Callable[[Tensor, Tensor], Tensor]
"""Takes the ids written so far (rows, written) and the scores of the next (rows, vocabulary); gives other scores."""


@dataclass(frozen=True, slots=True)
class WrittenToken:
    """The next token of one page. With a finish reason it is the page's last, and `STOP` means that it is no text."""

    page: int
    """The page's place in the batch."""
    token_id: int
    logprob: float
    """The natural logarithm of its probability, before the guard's say."""
    finish_reason: FinishReason | None


@dataclass(frozen=True, slots=True)
class Ends:
    """What ends a page: an end token, so many tokens as there is room for, or that nobody waits for it any more."""

    token_ids: frozenset[int]
    max_new_tokens: Sequence[int]
    is_left: Callable[[int], bool] = lambda _: False

    def reason(self, page: int, token_id: int, num_written: int) -> FinishReason | None:
        if self.is_left(page):
            return FinishReason.ABORT
        if token_id in self.token_ids:
            return FinishReason.STOP
        return FinishReason.LENGTH if num_written >= self.max_new_tokens[page] else None


@torch.inference_mode()
def written(
    model: DeepseekOcr2ForConditionalGeneration,
    prompts: Sequence[Float[Tensor, "_ dim"]],
    ends: Ends,
    guard: Guard | None,
) -> Iterator[WrittenToken]:
    """The tokens of all pages, one of each in turn, in the order of `prompts` (embeddings, visual tokens in place)."""
    batch = _Batch(model, prompts, max(ends.max_new_tokens))
    while batch.pages:
        scores = batch.scores()
        allowed = guard(batch.ids, scores) if guard else scores
        token_ids = allowed.argmax(-1)  # (rows,)
        logprobs = scores.gather(1, token_ids[:, None])[:, 0] - scores.logsumexp(-1)
        on_host = torch.stack([token_ids.double(), logprobs.double()]).tolist()  # one wait for the device a step
        tokens = [
            WrittenToken(page, int(token_id), logprob, ends.reason(page, int(token_id), batch.num_written + 1))
            for page, token_id, logprob in zip(batch.pages, *on_host, strict=True)
        ]
        yield from tokens
        batch.append(token_ids, [token.finish_reason is None for token in tokens])


class _Batch:
    """The rows still being written, their cache and what they need for the next step."""

    def __init__(
        self,
        model: DeepseekOcr2ForConditionalGeneration,
        prompts: Sequence[Float[Tensor, "_ dim"]],
        max_new_tokens: int,
    ) -> None:
        self.pages = list(range(len(prompts)))
        self.num_written = 0
        self._model = model
        self._length = max(len(prompt) for prompt in prompts)
        self._inputs, self._mask = _padded(prompts, self._length, max_new_tokens)
        self._ids = torch.zeros(len(prompts), max_new_tokens, dtype=torch.long, device=self._inputs.device)
        self._is_padded = any(len(prompt) < self._length for prompt in prompts)
        self._decoder = CachedDecoder(model.model.language_model)

    @property
    def ids(self) -> Int[Tensor, "rows written"]:
        return self._ids[:, : self.num_written]

    def scores(self) -> Float[Tensor, "rows vocabulary"]:
        """In float32, so that close scores stay apart."""
        mask = self._mask[:, : self._length]
        positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -self._inputs.shape[1] :]
        state = self._decoder.read(self._inputs, mask if self._is_padded else None, positions)
        return self._model.lm_head(state).float()

    def append(self, token_ids: Int[Tensor, "rows"], goes_on: Sequence[bool]) -> None:
        """The rows that go on get their tokens; the others leave."""
        self._ids[:, self.num_written] = token_ids
        self.num_written += 1
        self._length += 1
        if not all(goes_on):
            token_ids = self._without_finished(token_ids, goes_on)
        if self.pages:
            self._inputs = self._model.get_input_embeddings()(token_ids)[:, None]  # (rows, 1, dim)

    def _without_finished(self, token_ids: Int[Tensor, "rows"], goes_on: Sequence[bool]) -> Int[Tensor, "left"]:
        self.pages = [page for page, stays in zip(self.pages, goes_on, strict=True) if stays]
        rows = torch.tensor(goes_on, device=token_ids.device).nonzero()[:, 0]
        if self.pages:
            self._decoder.keep(rows)
        self._ids, self._mask = self._ids[rows], self._mask[rows]
        return token_ids[rows]


def _padded(
    prompts: Sequence[Float[Tensor, "_ dim"]], length: int, max_new_tokens: int
) -> tuple[Float[Tensor, "rows length dim"], Int[Tensor, "rows room"]]:
    """Prompts that all end at one place, and a mask with room for what will be written behind them."""
    inputs = prompts[0].new_zeros(len(prompts), length, prompts[0].shape[1])
    mask = torch.ones(len(prompts), length + max_new_tokens, dtype=torch.long, device=inputs.device)
    for row, prompt in enumerate(prompts):
        inputs[row, length - len(prompt) :] = prompt
        mask[row, : length - len(prompt)] = 0
    return inputs, mask
