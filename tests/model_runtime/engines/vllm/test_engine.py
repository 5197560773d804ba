"""The vLLM engine over a stand-in for vLLM, which needs no card."""

from __future__ import annotations

import asyncio
import json
import threading
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tokenizers")

from model_runtime.contract import Engine, FinishReason, PageRequest
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.registry import open_engine
from model_runtime.engines.vllm import VllmEngine, VllmSettings
from model_runtime.errors import EngineError, EngineUnavailable, PageRejected
from model_runtime.vllm_plugin.guard_arguments import rule_of
from model_runtime.vllm_plugin.ngram_rule import NgramRule
from model_runtime.vocabulary import Prompt
from tests.support.absent import python_without
from tests.support.reading import read_all, read_aloud, readings, transcripts_of, words_of
from tests.support.vllm_double import vllm_double
from tests.support.waiting import wait_until

STOP, LENGTH, ABORT, REPETITION, ERROR, DEATH_AT_ONCE, DEATH_IN_THE_MIDDLE, REFUSED, FAILED, SLOW, HALTING = range(11)


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


def test_it_is_an_engine_that_starts_nothing_before_the_first_page(engine: VllmEngine, upstream: Any) -> None:
    assert isinstance(engine, Engine)
    assert upstream.AsyncLLM.started == []


def test_each_page_has_its_own_transcript_whoever_was_done_first(engine: VllmEngine) -> None:
    answers = transcripts_of(engine, [page(index, num_letters=3 + 9 * (index % 10)) for index in range(30)])
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
def test_a_page_ends_for_the_reason_that_vllm_gives(engine: VllmEngine, fate: int, reason: FinishReason) -> None:
    (answer,) = transcripts_of(engine, [page(0, fate)])
    assert (answer.finish_reason, answer.error, answer.text) == (reason, None, "abcdefg")
    assert read_aloud(engine, page(0, fate)) == (["ab", "cd", "ef", "g"], answer)


def test_an_end_by_an_error_of_vllms_is_a_page_that_failed(engine: VllmEngine) -> None:
    broken, whole = transcripts_of(engine, [page(0, ERROR), page(1)])
    assert (broken.finish_reason, broken.text) == (FinishReason.ERROR, "abcdefg")
    assert isinstance(broken.error, EngineError)
    assert broken.error.page_number == 1
    assert whole.error is None


def test_the_pieces_of_a_page_come_while_it_is_written(engine: VllmEngine, upstream: Any) -> None:
    told: list[str | None] = []

    async def pieces_before_the_end() -> list[str | None]:
        reading = asyncio.create_task(engine.read(page(0, HALTING), told.append))
        while not told:  # the rest is written once the test says so
            await asyncio.sleep(0.002)
        before = list(told)
        upstream.AsyncLLM.release.set()
        assert (await reading).text == words_of(told) == "abcdefg"
        return before

    assert asyncio.run(pieces_before_the_end()) == ["ab"]


@pytest.mark.parametrize("aloud", [False, True])
def test_probabilities_become_a_confidence(engine: VllmEngine, upstream: Any, aloud: bool) -> None:
    (answer,) = [read_aloud(engine, page(0))[1]] if aloud else transcripts_of(engine, [page(0)])
    assert answer.logprobs == (upstream.LOGPROB,) * 7
    assert answer.token_ends == tuple(range(1, 8))
    assert answer.confidence == pytest.approx(np.exp(upstream.LOGPROB))


def test_probabilities_are_not_asked_for_where_they_are_not_wanted(settings: VllmSettings, upstream: Any) -> None:
    with VllmEngine(replace(settings, logprobs=False)) as engine:
        (answer,) = transcripts_of(engine, [page(0)])
    assert (answer.logprobs, answer.token_ends, answer.confidence) == (None, None, None)
    (params,) = the_engine(upstream).params
    assert (params.logprobs, params.flat_logprobs) == (None, False)


@pytest.mark.parametrize(("fate", "said"), [(REFUSED, "longer than the maximum"), (FAILED, "a truncated image")])
def test_a_page_that_vllm_refuses_or_fails_at_fails_alone(engine: VllmEngine, fate: int, said: str) -> None:
    answers = transcripts_of(engine, [page(0), page(1, fate), page(2)])
    assert [each.page_index for each in answers] == [0, 1, 2]
    assert [each.error is None for each in answers] == [True, False, True]
    assert isinstance(answers[1].error, EngineError)
    assert said in str(answers[1].error)
    assert answers[1].error.page_number == 2


def test_a_page_that_makes_no_views_fails_alone(engine: VllmEngine) -> None:
    thin = PageRequest(1, np.zeros((1, 3000, 3), np.uint8), 3000, 1)
    answers = transcripts_of(engine, [page(0), thin, page(2)])
    assert [type(each.error) for each in answers] == [type(None), PageRejected, type(None)]
    assert answers[1].error is not None
    assert answers[1].error.page_number == 2


def test_pages_of_an_engine_that_died_begin_anew_on_a_smaller_one(engine: VllmEngine, upstream: Any) -> None:
    upstream.AsyncLLM.deaths = 1
    answers = transcripts_of(engine, [page(0), page(1, DEATH_AT_ONCE), page(2)])
    assert [(each.page_index, each.text, each.error) for each in answers] == [(n, "abcdefg", None) for n in range(3)]
    dead, living = upstream.AsyncLLM.started
    assert living.engine_args.max_num_batched_tokens < dead.engine_args.max_num_batched_tokens
    assert dead.shut_down_after == 20


def test_a_page_that_was_told_in_part_when_the_engine_died_is_told_anew(engine: VllmEngine, upstream: Any) -> None:
    upstream.AsyncLLM.deaths = 1
    told, answer = read_aloud(engine, page(0, DEATH_IN_THE_MIDDLE))
    assert told == ["ab", None, "ab", "cd", "ef", "g"]
    assert (answer.text, answer.logprobs, answer.error) == ("abcdefg", (upstream.LOGPROB,) * 7, None)
    assert len(upstream.AsyncLLM.started) == 2


def test_nothing_is_taken_back_where_nothing_was_told(engine: VllmEngine, upstream: Any) -> None:
    upstream.AsyncLLM.deaths = 1
    assert read_aloud(engine, page(0, DEATH_AT_ONCE))[0] == ["ab", "cd", "ef", "g"]


@pytest.mark.parametrize("fate", [DEATH_AT_ONCE, DEATH_IN_THE_MIDDLE])
def test_an_engine_that_dies_at_every_size_fails_all_pages(engine: VllmEngine, upstream: Any, fate: int) -> None:
    with pytest.raises(EngineUnavailable, match=r"its engine died at the smallest size.*lower max_sequences"):
        read_aloud(engine, page(0, fate))
    assert [each.engine_args.max_num_seqs for each in upstream.AsyncLLM.started] == [4, 1, 1]


def test_an_engine_that_does_not_start_is_tried_with_less(
    engine: VllmEngine, upstream: Any, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.AsyncLLM.start_failures = 2
    assert transcripts_of(engine, [page(0)])[0].text == "abcdefg"
    assert [each.engine_args.max_num_batched_tokens for each in upstream.AsyncLLM.started] == [18_944, 4_736, 2_048]
    assert caplog.text.count("vLLM did not start with") == 2


def test_an_engine_that_never_starts_says_so_with_vllms_reason(engine: VllmEngine, upstream: Any) -> None:
    upstream.AsyncLLM.start_failures = 3
    with pytest.raises(EngineUnavailable, match=r"vLLM does not run .*Engine core initialization failed"):
        transcripts_of(engine, [page(0)])


def test_a_driver_that_says_nothing_of_its_memory_is_named(engine: VllmEngine) -> None:
    from vllm.third_party import pynvml

    pynvml.FREE = None
    with pytest.raises(EngineUnavailable, match="says nothing of the card's memory: Unknown Error"):
        transcripts_of(engine, [page(0)])
    assert pynvml.open_handles == 0


def test_it_works_on_half_as_many_pages_again_as_are_written_and_leaves_those_beyond_to_vllm(
    settings: VllmSettings, engine: VllmEngine
) -> None:
    assert engine.capacity == 7
    assert VllmEngine(replace(settings, max_sequences=256, num_replicas=2)).capacity == 769
    assert len(transcripts_of(engine, [page(index) for index in range(20)])) == 20


def test_pages_reach_vllm_in_the_order_in_which_they_were_asked_for(engine: VllmEngine, upstream: Any) -> None:
    transcripts_of(engine, [page(index, num_letters=index + 1) for index in range(40)])
    images = [prompt["multi_modal_data"]["image"] for prompt in the_engine(upstream).prompts]
    assert [int(image[0, 0, 1]) for image in images] == list(range(1, 41))


def test_pages_that_nobody_waits_for_are_aborted_and_do_not_stop_the_others(engine: VllmEngine, upstream: Any) -> None:
    async def left_early() -> None:
        pages = readings(engine, [page(0), *(page(index, SLOW) for index in range(1, 6))])
        assert (await anext(pages)).page_index == 0  # type: ignore[union-attr] # no error
        await pages.aclose()

    asyncio.run(left_early())
    wait_until(lambda: the_engine(upstream).under_way == 0)
    running = the_engine(upstream)
    assert set(running.aborted) == set(running.request_ids[1:])
    assert transcripts_of(engine, [page(9)])[0].page_index == 9


def test_cancelling_one_page_leaves_the_others(engine: VllmEngine, upstream: Any) -> None:
    async def scene() -> list[str]:
        cancelled, *others = [asyncio.create_task(engine.read(page(index, SLOW))) for index in range(3)]
        await asyncio.to_thread(wait_until, lambda: upstream.AsyncLLM.started and the_engine(upstream).under_way == 3)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        await asyncio.to_thread(wait_until, lambda: the_engine(upstream).under_way == 2)
        upstream.AsyncLLM.release.set()
        return [(await each).text for each in others]

    assert asyncio.run(scene()) == ["abcdefg"] * 2
    assert len(the_engine(upstream).aborted) == 1


def test_pages_are_read_from_two_loops_at_once(engine: VllmEngine, upstream: Any) -> None:
    read: dict[str, list[str]] = {}

    def reader(name: str, letters: int) -> None:
        answers = transcripts_of(engine, [page(index, SLOW, letters) for index in range(3)])
        read[name] = [each.text for each in answers]

    threads = [threading.Thread(target=reader, args=args) for args in (("one", 2), ("two", 3))]
    for each in threads:
        each.start()
    wait_until(lambda: upstream.AsyncLLM.started and the_engine(upstream).under_way == 6)
    upstream.AsyncLLM.release.set()
    for each in threads:
        each.join()
    assert read == {"one": ["ab"] * 3, "two": ["abc"] * 3}


def test_the_pixels_are_let_go_of_while_the_page_is_written(engine: VllmEngine, upstream: Any) -> None:
    async def scene() -> None:
        request = page(0, SLOW)
        pixels = weakref.ref(request.pixels)
        reading = asyncio.create_task(engine.read(request))
        del request
        await asyncio.to_thread(wait_until, lambda: upstream.AsyncLLM.started and the_engine(upstream).under_way == 1)
        await asyncio.to_thread(wait_until, lambda: pixels() is None)
        assert not reading.done()
        upstream.AsyncLLM.release.set()
        assert (await reading).text == "abcdefg"

    asyncio.run(scene())


def test_closing_breaks_off_what_is_under_way_and_ends_vllm(settings: VllmSettings, upstream: Any) -> None:
    engine = VllmEngine(settings)
    threads = threading.active_count()
    caught: list[object] = []
    reader = threading.Thread(target=lambda: caught.extend(read_all(engine, [page(index, SLOW) for index in range(3)])))
    reader.start()
    wait_until(lambda: upstream.AsyncLLM.started and the_engine(upstream).under_way == 3)
    engine.close()
    reader.join()
    assert all(isinstance(each, EngineUnavailable) for each in caught)
    assert [str(each) for each in caught] == ["the vllm engine was closed while pages were in flight"] * 3
    assert (the_engine(upstream).under_way, the_engine(upstream).shut_down_after) == (0, 20)
    assert threading.active_count() == threads
    engine.close()


def test_it_runs_again_after_it_was_closed(settings: VllmSettings, upstream: Any) -> None:
    engine = VllmEngine(settings)
    for _ in range(2):
        assert transcripts_of(engine, [page(0)])[0].text == "abcdefg"
        engine.close()
    assert len(upstream.AsyncLLM.started) == 2


def test_settings_become_vllms_arguments(small_model: Path, tmp_path: Path, upstream: Any) -> None:
    settings = VllmSettings(
        str(small_model), memory_share=0.5, max_sequences=33, num_replicas=2, max_new_tokens=5, lora=tmp_path / "tuned"
    )
    with VllmEngine(settings) as engine:
        (answer,) = transcripts_of(engine, [page(0)])
    assert (answer.text, answer.finish_reason) == ("abcde", FinishReason.LENGTH)
    running = the_engine(upstream)
    arguments = running.engine_args
    assert (arguments.model, arguments.trust_remote_code, arguments.dtype) == (str(small_model), False, "bfloat16")
    assert (arguments.gpu_memory_utilization, arguments.max_num_seqs, arguments.data_parallel_size) == (0.5, 33, 2)
    assert arguments.stream_interval == 32
    assert (arguments.enable_prefix_caching, arguments.mm_processor_cache_gb) == (False, 0)
    assert arguments.limit_mm_per_prompt == {"image": 1}
    assert arguments.enable_lora
    (lora,) = running.loras
    assert (lora.lora_name, lora.lora_path) == ("tuned", str(tmp_path / "tuned"))


def test_a_page_is_asked_for_greedily_with_all_the_room_there_is(engine: VllmEngine, upstream: Any) -> None:
    request = page(0)
    transcripts_of(engine, [request, replace(request, prompt=Prompt.FREE_OCR, tight_guard=True)])
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
    transcripts_of(engine, [page(0)])
    assert the_engine(upstream).engine_args.logits_processors == [name]


def test_without_a_guard_none_is_loaded(settings: VllmSettings, upstream: Any) -> None:
    with VllmEngine(replace(settings, guard=None)) as engine:
        transcripts_of(engine, [replace(page(0), tight_guard=True)])
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
        (answer,) = transcripts_of(engine, [page(0)])
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
        transcripts_of(engine, [page(0)])
    assert upstream.AsyncLLM.started == []


def test_without_the_package_the_engine_names_what_to_install() -> None:
    code = "from model_runtime.engines.registry import open_engine\nopen_engine('vllm')"
    ran = python_without("vllm", code=code)
    assert ran.returncode != 0
    assert "EngineUnavailable: engine 'vllm' needs vllm" in ran.stderr


def test_the_registry_opens_it_by_name(small_model: Path, upstream: Any) -> None:
    with open_engine("vllm", EngineOptions(model=str(small_model))) as engine:
        assert engine.identity.engine == "vllm"
