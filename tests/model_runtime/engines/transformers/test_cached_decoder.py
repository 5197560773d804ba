"""The cache of the decoder: used at every step, and missed at once where it is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import numpy as np
import torch
from torch import Tensor, nn

from model_runtime.contract import PageRequest, Transcript
from model_runtime.engines.transformers import TransformersEngine, TransformersSettings
from model_runtime.engines.transformers.cached_decoder import CachedDecoder, cache_keyword
from model_runtime.errors import EngineUnavailable
from tests.support.reading import read_all

NUM_TOKENS = 6
SIZES = ((90, 60), (90, 860))
PAGES = [PageRequest(index, np.full((*size, 3), 255, np.uint8), *size[::-1]) for index, size in enumerate(SIZES)]


@pytest.fixture(scope="module")
def engine(small_model: Path) -> Iterator[TransformersEngine]:
    settings = TransformersSettings(str(small_model), dtype="float32", max_new_tokens=NUM_TOKENS, batch_size=2)
    with TransformersEngine(settings) as engine:
        yield engine


@pytest.fixture(scope="module")
def language_model(engine: TransformersEngine) -> Any:
    return engine._loaded().decoder.model.language_model


@pytest.fixture(scope="module")
def inputs(language_model: Any) -> Tensor:
    return torch.randn(2, 9, language_model.config.hidden_size, generator=torch.Generator().manual_seed(1))


def positions(start: int, end: int) -> Tensor:
    return torch.arange(start, end).repeat(2, 1)


@torch.inference_mode()
def read_in_parts(model: Any, inputs: Tensor, *ends: int) -> Tensor:
    decoder = CachedDecoder(model)
    for start, end in zip((0, *ends), ends, strict=False):
        state = decoder.read(inputs[:, start:end], None, positions(start, end))
    return state


def test_after_the_prompt_each_step_feeds_one_token(engine: TransformersEngine, language_model: Any) -> None:
    fed: list[tuple[int, int]] = []

    def note(attention: nn.Module, _: object, words: dict[str, Any]) -> None:
        cache = words.get("cache", words.get("past_key_values"))
        fed.append((words["hidden_states"].shape[1], cache.get_seq_length(attention.layer_idx)))

    last = language_model.layers[-1].self_attn
    hook = last.register_forward_pre_hook(note, with_kwargs=True)
    transcripts = read_all(engine, PAGES)
    hook.remove()
    prompt = fed[0][0]
    assert prompt > 257
    assert fed == [(prompt, 0), *((1, prompt + step) for step in range(NUM_TOKENS - 1))]
    assert [len(each.logprobs or ()) for each in transcripts if isinstance(each, Transcript)] == [NUM_TOKENS] * 2


def test_reading_in_parts_is_reading_at_once(language_model: Any, inputs: Tensor) -> None:
    at_once = read_in_parts(language_model, inputs, 9)
    torch.testing.assert_close(read_in_parts(language_model, inputs, 6, 7, 8, 9), at_once, atol=1e-5, rtol=1e-4)


@torch.inference_mode()
def test_rows_that_stay_keep_what_they_have_read(language_model: Any, inputs: Tensor) -> None:
    decoder = CachedDecoder(language_model)
    decoder.read(inputs[:, :8], None, positions(0, 8))
    decoder.keep(torch.tensor([1]))
    state = decoder.read(inputs[1:, 8:], None, positions(8, 9)[1:])
    torch.testing.assert_close(state, read_in_parts(language_model, inputs, 9)[1:], atol=1e-5, rtol=1e-4)


def test_the_keyword_is_one_that_the_installed_release_names(language_model: Any) -> None:
    """Any warning is an error here, and this release warns of a name that it is about to drop."""
    assert cache_keyword(language_model) in {"cache", "past_key_values"}


def test_a_keyword_that_nobody_takes_is_missed_at_once(
    language_model: Any, inputs: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real decoder takes any keyword, so this is what a renamed one would look like."""
    monkeypatch.setattr("model_runtime.engines.transformers.cached_decoder.cache_keyword", lambda _: "memory")
    with pytest.raises(EngineUnavailable, match=r"holds 0 positions in its cache where 9 were read.*install another"):
        read_in_parts(language_model, inputs, 9)


class Forgetful(nn.Module):
    """A decoder that names its cache and does not use it after the first step."""

    def __init__(self, language_model: Any) -> None:
        super().__init__()
        self.config = language_model.config
        self._inner = [language_model]
        self._calls = 0

    def forward(self, cache: object = None, **words: object) -> object:
        self._calls += 1
        (inner,) = self._inner
        return inner(**words, **({cache_keyword(inner): cache} if self._calls == 1 else {}))


def test_a_cache_that_stops_growing_is_missed_at_once(language_model: Any, inputs: Tensor) -> None:
    with pytest.raises(EngineUnavailable, match="holds 8 positions in its cache where 9 were read"):
        read_in_parts(Forgetful(language_model), inputs, 8, 9)


class Renamed(Forgetful):
    def forward(self, memory: object = None, **words: object) -> object:
        raise AssertionError("never called")


def test_a_decoder_without_a_name_for_its_cache_is_refused_before_it_runs(language_model: Any) -> None:
    with pytest.raises(EngineUnavailable, match=r"transformers 5\.\S+ takes a cache under none of"):
        CachedDecoder(Renamed(language_model))


def test_a_run_ends_where_the_cache_is_lost(engine: TransformersEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_runtime.engines.transformers.cached_decoder.cache_keyword", lambda _: "memory")
    errors = read_all(engine, PAGES)
    assert [type(error) for error in errors] == [EngineUnavailable] * 2
    assert "without one its text would be wrong" in str(errors[0])
