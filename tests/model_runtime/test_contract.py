import math

import pytest

from model_runtime.contract import Engine, Transcript
from model_runtime.engines.replay import ReplayEngine


def test_the_confidence_is_the_geometric_mean_of_the_tokens_probabilities() -> None:
    transcript = Transcript(0, "two words", logprobs=(math.log(0.5), math.log(0.125)))
    assert transcript.confidence == pytest.approx(0.25)


@pytest.mark.parametrize("logprobs", [None, ()])
def test_without_probabilities_there_is_no_confidence(logprobs: tuple[float, ...] | None) -> None:
    assert Transcript(0, "", logprobs=logprobs).confidence is None


def test_what_cannot_read_a_page_is_no_engine() -> None:
    assert isinstance(ReplayEngine.from_texts([]), Engine)
    assert not isinstance(object(), Engine)
    assert not isinstance(Mute(), Engine)


class Mute:
    """All of an engine but the reading."""

    identity = ReplayEngine.from_texts([]).identity
    reads_text_layer = reads_again = False
    capacity = 1
    close = __enter__ = __exit__ = lambda *_: None


def test_confidence_between_two_places_is_that_of_the_tokens_there() -> None:
    logprobs = tuple(map(math.log, (0.5, 0.25, 0.125)))
    transcript = Transcript(0, "one two 3", logprobs=logprobs, token_ends=(4, 8, 9))
    assert transcript.confidence_between(0, 4) == pytest.approx(0.5)
    assert transcript.confidence_between(4, 8) == pytest.approx(0.25)
    assert transcript.confidence_between(2, 5) == pytest.approx(math.sqrt(0.125))
    assert transcript.confidence_between(8, 9) == pytest.approx(0.125)
    assert Transcript(0, "one", logprobs=logprobs).confidence_between(0, 3) is None
