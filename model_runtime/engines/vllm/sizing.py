"""How much of a card vLLM is given: by what is free, and less after it did not suffice. Free of vLLM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from model_runtime.errors import EngineUnavailable

GIB = 2**30

_LEAST_MEMORY = 12 * GIB
"""The weights in bfloat16 are 6.4 GiB; a batch of views and a cache for a few pages come on top."""
_RESERVE = GIB
"""Left to others on the card, the driver's own share among them."""
_FEWER = 4


@dataclass(frozen=True, slots=True)
class CardMemory:
    """Of one card, in bytes."""

    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Sizing:
    """What vLLM is started with. `batched_tokens` bounds how many pages one step encodes."""

    memory_share: float
    sequences: int
    batched_tokens: int


_BATCHED_TOKENS = 18_944
"""Prompts of 16 pages with six crops each, 96 crops in two full batches, and a token for every page in writing."""


def sizings(memory: CardMemory, memory_share: float, sequences: int) -> Iterator[Sizing]:
    """What to try, one after the other, while memory turns out not to suffice.

    Raises: EngineUnavailable when too little is free for any attempt.
    """
    share = min(memory_share, (memory.free - _RESERVE) / memory.total)
    if share * memory.total < _LEAST_MEMORY:
        raise EngineUnavailable(
            f"the model needs {_LEAST_MEMORY / GIB:.0f} GiB of the card's memory; of {memory.total / GIB:.0f} GiB, "
            f"{max(0.0, share) * memory.total / GIB:.0f} GiB may be taken",
            hint="end what else runs on the card, or allow a larger memory_share",
        )
    for divisor in (1, _FEWER, _FEWER**2):
        yield Sizing(share, max(1, sequences // divisor), max(2048, _BATCHED_TOKENS // divisor))
