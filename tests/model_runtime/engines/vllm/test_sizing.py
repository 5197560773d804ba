"""What vLLM is given of a card, and how it gets less."""

from __future__ import annotations

import pytest

from model_runtime.engines.vllm.sizing import GIB, CardMemory, sizings
from model_runtime.errors import EngineUnavailable


def test_a_free_card_is_taken_to_the_share_allowed() -> None:
    first = next(sizings(CardMemory(139 * GIB, 140 * GIB), 0.9, 256))
    assert (first.memory_share, first.sequences, first.batched_tokens) == (0.9, 256, 18_944)


def test_of_a_shared_card_no_more_is_taken_than_is_free() -> None:
    first = next(sizings(CardMemory(41 * GIB, 80 * GIB), 0.9, 256))
    assert first.memory_share == pytest.approx(0.5)


def test_each_attempt_takes_less_and_there_are_few() -> None:
    attempts = list(sizings(CardMemory(79 * GIB, 80 * GIB), 0.9, 256))
    assert [attempt.sequences for attempt in attempts] == [256, 64, 16]
    assert [attempt.batched_tokens for attempt in attempts] == [18_944, 4_736, 2_048]


def test_too_little_memory_is_said_before_anything_starts() -> None:
    with pytest.raises(EngineUnavailable, match=r"needs 12 GiB .* of 24 GiB, 7 GiB may be taken; end what else"):
        next(sizings(CardMemory(8 * GIB, 24 * GIB), 0.9, 256))
