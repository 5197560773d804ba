"""Which model the vLLM engine runs, on how much of the machine, and how far one page may go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from model_runtime.engines.model_folder import PUBLISHED_MODEL
from model_runtime.vllm_plugin.ngram_rule import OFFICIAL_RULE, NgramRule


@dataclass(frozen=True, slots=True)
class VllmSettings:
    """`model` is a folder or an id on the model hub; a revision None is the pinned commit of the published model."""

    model: str = PUBLISHED_MODEL
    """A folder, or an id on the model hub."""
    revision: str | None = None
    """Commit, tag or branch of a model from the hub; None for the pinned commit of the published model."""
    memory_share: float = 0.9
    """The part of each card's memory that vLLM may take; less is taken where less is free."""
    max_sequences: int = 256
    """Pages written side by side on one card."""
    max_new_tokens: int | None = None
    """For one page; None for all that the model's context leaves."""
    num_replicas: int = 1
    """Cards of this machine that each hold the model, by vLLM's data parallelism."""
    guard: NgramRule | None = OFFICIAL_RULE
    """Against endless repetition, the official rule for single images; None for no guard."""
    logprobs: bool = True
    """Whether transcripts carry the probabilities of their tokens, and with them a confidence."""
    lora: Path | None = None
    """A folder with fine-tuned low-rank weights for the decoder."""

    def guard_for(self, *, tight: bool) -> NgramRule | None:
        """The rule for a page; `tight` forbids n-grams half as long in a window twice as wide."""
        if self.guard is None or not tight:
            return self.guard
        return replace(self.guard, ngram_size=max(2, self.guard.ngram_size // 2), window=2 * self.guard.window)

    def __post_init__(self) -> None:
        if not 0 < self.memory_share < 1:
            raise ValueError(f"memory_share is a part of the whole, between 0 and 1, not {self.memory_share}")
        for name in ("max_sequences", "num_replicas"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.max_new_tokens is not None and self.max_new_tokens < 1:
            raise ValueError(f"max_new_tokens must be at least 1, not {self.max_new_tokens}")
