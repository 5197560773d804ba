"""The vLLM engine over a stand-in for vLLM, which needs no card."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tokenizers")

from model_runtime.contract import FinishReason, PageRequest, StreamingRuntime, Transcript
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.registry import open_runtime
from model_runtime.engines.vllm import VllmEngine, VllmSettings
from model_runtime.errors import EngineError, EngineUnavailable, PageRejected
from model_runtime.vllm_plugin.guard_arguments import rule_of
from model_runtime.vllm_plugin.ngram_rule import NgramRule
from model_runtime.vocabulary import Prompt
from tests.support.absent import python_without
from tests.support.vllm_double import vllm_double
from tests.support.waiting import wait_until

STOP, LENGTH, ABORT, REPETITION, ERROR, DEATH_AT_ONCE, DEATH_IN_THE_MIDDLE, REFUSED, FAILED, SLOW = range(10)


@pytest.fixture
def upstream() -> Iterator[Any]:
    with vllm_double() as async_llm:
        yield async_llm
        async_llm.AsyncLLM.release.set()


@pytest.fixture
def settings(small_model: Path) -> VllmSettings:
    return VllmSettings(str(small_model), max_sequences=4)


@pytest.fixture
def engine(settings: VllmSettings, upstream: Any) -> Iterator[VllmEngine]:
    with VllmEngine(settings) as opened:
        yield opened


def page(page_index: int, fate: int = STOP, num_letters: int = 7) -> PageRequest:
    """A page of which the stand-in writes so many letters and comes to that end."""
    pixels = np.zeros((40, 30, 3), np.uint8)
    pixels[..., 0], pixels[..., 1] = fate, num_letters
    return PageRequest(page_index, pixels, 30, 40)


def the_engine(upstream: Any) -> Any:
    """The one that was started."""
    (only,) = upstream.AsyncLLM.started
    return only


def test_it_is_a_streaming_runtime_that_starts_nothing_before_the_first_page(engine: VllmEngine, upstream: Any) -> None:
    assert isinstance(engine, StreamingRuntime)
    assert upstream.AsyncLLM.started == []


def test_transcripts_come_in_the_order_of_the_pages_whoever_was_done_first(engine: VllmEngine) -> None:
    answers = list(engine.transcribe(page(index, num_letters=3 + 9 * (index % 10)) for index in range(30)))
    assert [each.page_index for each in answers] == list(range(30))
    assert [len(each.text) for each in answers] == [3 + 9 * (index % 10) for index in range(30)]


@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        (STOP, FinishReason.STOP),
        (LENGTH, FinishReason.LENGTH),
        (ABORT, FinishReason.ABORT),
        (REPETITION, FinishReason.REPETITION),
    ],
)
@pytest.mark.parametrize("way", ["transcribe", "stream"])
def test_a_page_ends_for_the_reason_that_vllm_gives(
    engine: VllmEngine, fate: int, reason: FinishReason, way: str
) -> None:
    *pieces, answer = getattr(engine, way)([page(0, fate)])
    assert (answer.finish_reason, answer.error, answer.text) == (reason, None, "abcdefg")
    assert "".join(pieces) == (answer.text if way == "stream" else "")


def test_an_end_by_an_error_of_vllms_is_a_page_that_failed(engine: VllmEngine) -> None:
    broken, whole = engine.transcribe([page(0, ERROR), page(1)])
    assert (broken.finish_reason, broken.text) == (FinishReason.ERROR, "abcdefg")
    assert isinstance(broken.error, EngineError)
    assert broken.error.page_number == 1
    assert whole.error is None


def test_the_pieces_of_a_page_come_while_it_is_written_and_are_its_text(engine: VllmEngine) -> None:
    events = list(engine.stream([page(0), page(1, num_letters=3)]))
    pieces = ["ab", "cd", "ef", "g", Transcript, "ab", "c", Transcript]
    assert [event if isinstance(event, str) else type(event) for event in events] == pieces
    assert [event.text for event in events if isinstance(event, Transcript)] == ["abcdefg", "abc"]


@pytest.mark.parametrize("way", ["transcribe", "stream"])
def test_probabilities_become_a_confidence(engine: VllmEngine, upstream: Any, way: str) -> None:
    *_, answer = getattr(engine, way)([page(0)])
    assert answer.logprobs == (upstream.LOGPROB,) * 7
    assert answer.token_ends == tuple(range(1, 8))
    assert answer.confidence == pytest.approx(np.exp(upstream.LOGPROB))


def test_probabilities_are_not_asked_for_where_they_are_not_wanted(settings: VllmSettings, upstream: Any) -> None:
    with VllmEngine(replace(settings, logprobs=False)) as engine:
        (answer,) = engine.transcribe([page(0)])
    assert (answer.logprobs, answer.token_ends, answer.confidence) == (None, None, None)
    (params,) = the_engine(upstream).params
    assert (params.logprobs, params.flat_logprobs) == (None, False)


@pytest.mark.parametrize(("fate", "said"), [(REFUSED, "longer than the maximum"), (FAILED, "a truncated image")])
@pytest.mark.parametrize("way", ["transcribe", "stream"])
def test_a_page_that_vllm_refuses_or_fails_at_fails_alone(engine: VllmEngine, way: str, fate: int, said: str) -> None:
    events = getattr(engine, way)([page(0), page(1, fate), page(2)])
    answers = [event for event in events if isinstance(event, Transcript)]
    assert [each.page_index for each in answers] == [0, 1, 2]
    assert [each.error is None for each in answers] == [True, False, True]
    assert isinstance(answers[1].error, EngineError)
    assert said in str(answers[1].error)
    assert answers[1].error.page_number == 2


def test_a_page_that_makes_no_views_fails_alone(engine: VllmEngine) -> None:
    thin = PageRequest(1, np.zeros((1, 3000, 3), np.uint8), 3000, 1)
    answers = list(engine.transcribe([page(0), thin, page(2)]))
    assert [type(each.error) for each in answers] == [type(None), PageRejected, type(None)]
    assert answers[1].error is not None
    assert answers[1].error.page_number == 2


def test_pages_of_an_engine_that_died_begin_anew_on_a_smaller_one(engine: VllmEngine, upstream: Any) -> None:
    upstream.AsyncLLM.deaths = 1
    answers = list(engine.transcribe([page(0), page(1, DEATH_AT_ONCE), page(2)]))
    assert [(each.page_index, each.text, each.error) for each in answers] == [(n, "abcdefg", None) for n in range(3)]
    dead, living = upstream.AsyncLLM.started
    assert living.engine_args.max_num_batched_tokens < dead.engine_args.max_num_batched_tokens
    assert dead.shut_down_after == 20


def test_an_engine_that_dies_in_the_middle_of_a_stream_ends_the_run(engine: VllmEngine) -> None:
    events = engine.stream([page(0, DEATH_IN_THE_MIDDLE)])
    assert next(events) == "ab"
    with pytest.raises(EngineUnavailable, match=r"died in the middle of a page; its log above says why"):
        list(events)
    assert next(engine.transcribe([page(1)])).text == "abcdefg"


def test_an_engine_that_dies_at_every_size_ends_the_run(engine: VllmEngine, upstream: Any) -> None:
    with pytest.raises(EngineUnavailable, match=r"its engine died at the smallest size.*lower max_sequences"):
        list(engine.transcribe([page(0, DEATH_AT_ONCE)]))
    assert [each.engine_args.max_num_seqs for each in upstream.AsyncLLM.started] == [4, 1, 1]


def test_an_engine_that_does_not_start_is_tried_with_less(
    engine: VllmEngine, upstream: Any, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.AsyncLLM.start_failures = 2
    assert next(engine.transcribe([page(0)])).text == "abcdefg"
    assert [each.engine_args.max_num_batched_tokens for each in upstream.AsyncLLM.started] == [18_944, 4_736, 2_048]
    assert caplog.text.count("vLLM did not start with") == 2


def test_an_engine_that_never_starts_says_so_with_vllms_reason(engine: VllmEngine, upstream: Any) -> None:
    upstream.AsyncLLM.start_failures = 3
    with pytest.raises(EngineUnavailable, match=r"vLLM does not run .*Engine core initialization failed"):
        list(engine.transcribe([page(0)]))


def test_a_driver_that_says_nothing_of_its_memory_is_named(engine: VllmEngine) -> None:
    from vllm.third_party import pynvml

    pynvml.FREE = None
    with pytest.raises(EngineUnavailable, match="says nothing of the card's memory: Unknown Error"):
        list(engine.transcribe([page(0)]))
    assert pynvml.open_handles == 0


def test_no_more_pages_are_drawn_than_half_as_many_again_as_are_written(settings: VllmSettings, upstream: Any) -> None:
    drawn: list[int] = []

    def requests() -> Iterator[PageRequest]:
        for index in range(40):
            drawn.append(index)
            yield page(index, SLOW)

    with VllmEngine(settings) as engine:
        answers = engine.transcribe(requests())
        reader = threading.Thread(target=lambda: next(answers))
        reader.start()
        wait_until(lambda: upstream.AsyncLLM.started and the_engine(upstream).under_way == 7)
        assert len(drawn) == 7
        upstream.AsyncLLM.release.set()
        reader.join()
        assert [each.page_index for each in answers] == list(range(1, 40))
    assert the_engine(upstream).most_under_way == 7


def test_a_run_that_is_left_early_aborts_its_pages_and_does_not_stop_the_next(
    engine: VllmEngine, upstream: Any
) -> None:
    early = engine.transcribe([page(0), *(page(index, SLOW) for index in range(1, 6))])
    assert next(early).page_index == 0
    early.close()  # type: ignore[attr-defined] # it is a generator
    wait_until(lambda: the_engine(upstream).under_way == 0)
    running = the_engine(upstream)
    assert set(running.aborted) == set(running.request_ids[1:])
    assert next(engine.transcribe([page(9)])).page_index == 9


def test_closing_breaks_off_what_is_under_way_and_ends_vllm(settings: VllmSettings, upstream: Any) -> None:
    engine = VllmEngine(settings)
    caught: list[BaseException] = []

    def read() -> None:
        try:
            list(engine.transcribe([page(index, SLOW) for index in range(3)]))
        except EngineUnavailable as error:
            caught.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    wait_until(lambda: upstream.AsyncLLM.started and the_engine(upstream).under_way == 3)
    engine.close()
    reader.join()
    assert "closed while pages were in flight" in str(caught[0])
    assert (the_engine(upstream).under_way, the_engine(upstream).shut_down_after) == (0, 20)
    engine.close()


def test_it_runs_again_after_it_was_closed(settings: VllmSettings, upstream: Any) -> None:
    engine = VllmEngine(settings)
    for _ in range(2):
        assert next(engine.transcribe([page(0)])).text == "abcdefg"
        engine.close()
    assert len(upstream.AsyncLLM.started) == 2


def test_settings_become_vllms_arguments(small_model: Path, tmp_path: Path, upstream: Any) -> None:
    settings = VllmSettings(
        str(small_model), memory_share=0.5, max_sequences=33, num_replicas=2, max_new_tokens=5, lora=tmp_path / "tuned"
    )
    with VllmEngine(settings) as engine:
        (answer,) = engine.transcribe([page(0)])
    assert (answer.text, answer.finish_reason) == ("abcde", FinishReason.LENGTH)
    running = the_engine(upstream)
    arguments = running.engine_args
    assert (arguments.model, arguments.trust_remote_code, arguments.dtype) == (str(small_model), False, "bfloat16")
    assert (arguments.gpu_memory_utilization, arguments.max_num_seqs, arguments.data_parallel_size) == (0.5, 33, 2)
    assert (arguments.enable_prefix_caching, arguments.mm_processor_cache_gb) == (False, 0)
    assert arguments.limit_mm_per_prompt == {"image": 1}
    assert arguments.enable_lora
    (lora,) = running.loras
    assert (lora.lora_name, lora.lora_path) == ("tuned", str(tmp_path / "tuned"))


def test_a_page_is_asked_for_greedily_with_all_the_room_there_is(engine: VllmEngine, upstream: Any) -> None:
    request = page(0)
    list(engine.transcribe([request, replace(request, prompt=Prompt.FREE_OCR, tight_guard=True)]))
    running = the_engine(upstream)
    plain, tight = sorted(running.params, key=lambda params: params.max_tokens)
    assert (plain.temperature, plain.skip_special_tokens, plain.spaces_between_special_tokens) == (0, False, False)
    assert plain.repetition_detection.min_count == 300
    assert rule_of(plain.extra_args) == NgramRule()
    assert rule_of(tight.extra_args) == NgramRule(10, 180)
    assert plain.max_tokens < tight.max_tokens  # the shorter prompt leaves more
    assert len(set(running.request_ids)) == 2


@pytest.mark.parametrize(
    ("switch", "name"),
    [
        (None, "model_runtime.vllm_plugin.guard_on_device:NoRepeatNgramGuardOnDevice"),
        ("1", "model_runtime.vllm_plugin.guard_on_device:NoRepeatNgramGuardOnDevice"),
        ("0", "model_runtime.vllm_plugin.guard:NoRepeatNgramGuard"),
    ],
)
def test_the_guard_is_that_of_the_model_runner(
    engine: VllmEngine, upstream: Any, monkeypatch: pytest.MonkeyPatch, switch: str | None, name: str
) -> None:
    monkeypatch.delenv("VLLM_USE_V2_MODEL_RUNNER", raising=False)
    if switch:
        monkeypatch.setenv("VLLM_USE_V2_MODEL_RUNNER", switch)
    list(engine.transcribe([page(0)]))
    assert the_engine(upstream).engine_args.logits_processors == [name]


def test_without_a_guard_none_is_loaded(settings: VllmSettings, upstream: Any) -> None:
    with VllmEngine(replace(settings, guard=None)) as engine:
        list(engine.transcribe([replace(page(0), tight_guard=True)]))
    assert the_engine(upstream).engine_args.logits_processors is None
    assert the_engine(upstream).params[0].extra_args is None


def test_the_identity_says_what_decides_the_words(settings: VllmSettings, upstream: Any, tmp_path: Path) -> None:
    plain = VllmEngine(settings).identity
    assert plain.version.startswith("vllm 0.33.0, plugin 1, all tokens, guard 20/90, logprobs")
    assert plain.model.startswith("small ")
    for other in ({"guard": None}, {"max_new_tokens": 3}, {"logprobs": False}, {"lora": tmp_path}):
        assert VllmEngine(replace(settings, **other)).identity != plain  # type: ignore[arg-type] # its fields
    assert VllmEngine(replace(settings, memory_share=0.5)).identity == plain


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"memory_share": 1.0}, "between 0 and 1, not 1.0"),
        ({"max_sequences": 0}, "max_sequences must be at least 1"),
        ({"num_replicas": 0}, "num_replicas must be at least 1"),
        ({"max_new_tokens": 0}, "max_new_tokens must be at least 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        VllmSettings(**wrong)


def test_options_become_settings(small_model: Path, upstream: Any) -> None:
    with VllmEngine.from_options(EngineOptions(model=str(small_model), max_tokens=4)) as engine:
        (answer,) = engine.transcribe([page(0)])
    assert answer.text == "abcd"


def test_the_folder_of_another_model_is_refused_before_anything_starts(tmp_path: Path, upstream: Any) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(EngineUnavailable, match="bert"):
        VllmEngine(VllmSettings(model=str(tmp_path)))
    with pytest.raises(EngineUnavailable, match="nowhere"):
        VllmEngine(VllmSettings(model=str(tmp_path / "nowhere")))
    assert upstream.AsyncLLM.started == []


def test_a_vllm_that_lacks_what_the_engine_calls_is_refused_before_it_starts(
    engine: VllmEngine, upstream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(upstream.AsyncLLM, "shutdown")
    with pytest.raises(EngineUnavailable, match=r"vllm 0\.33\.0 differs .*AsyncLLM\.shutdown.*install another release"):
        list(engine.transcribe([page(0)]))
    assert upstream.AsyncLLM.started == []


def test_without_the_package_the_engine_names_what_to_install() -> None:
    code = "from model_runtime.engines.registry import open_runtime\nopen_runtime('vllm')"
    ran = python_without("vllm", code=code)
    assert ran.returncode != 0
    assert "EngineUnavailable: engine 'vllm' needs vllm" in ran.stderr


def test_the_registry_opens_it_by_name(small_model: Path, upstream: Any) -> None:
    with open_runtime("vllm", EngineOptions(model=str(small_model))) as runtime:
        assert runtime.identity.engine == "vllm"
