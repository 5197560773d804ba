from dataclasses import replace

import pytest

from model_runtime.engines.endpoint.chat import chat_request, question_of
from model_runtime.engines.endpoint.introduction import Introduction
from model_runtime.engines.endpoint.settings import Dialect, EndpointSettings
from model_runtime.engines.fewer_crops import pixels_to_send
from model_runtime.vocabulary import Prompt
from tests.support.openai_server.pages import numbered_page, pixels_in


def _body(dialect: Dialect, prompt: Prompt = Prompt.GROUNDED, **settings: object) -> dict[str, object]:
    question = question_of(numbered_page(1, prompt))
    return chat_request(question, EndpointSettings.model_validate(settings), Introduction("ocr", dialect))


def test_the_page_travels_as_a_data_url_with_the_models_prompt_behind_it() -> None:
    body = _body(Dialect.PLAIN)
    (message,) = body["messages"]  # type: ignore[misc]
    assert [part["type"] for part in message["content"]] == ["image_url", "text"]
    assert message["content"][1]["text"] == "<|grounding|>Convert the document to markdown."
    assert pixels_in(body["messages"]).tolist() == numbered_page(1).pixels.tolist()  # type: ignore[arg-type]


def test_the_other_prompt_asks_for_plain_text() -> None:
    (message,) = _body(Dialect.VLLM, Prompt.FREE_OCR)["messages"]  # type: ignore[misc]
    assert message["content"][1]["text"] == "Free OCR."


def test_a_plain_server_is_asked_nothing_that_it_may_not_know() -> None:
    assert set(_body(Dialect.PLAIN)) == {"model", "messages", "temperature"}


def test_vllm_keeps_special_tokens_and_guards_against_repetition() -> None:
    body = _body(Dialect.VLLM)
    assert body["skip_special_tokens"] is False
    assert body["vllm_xargs"] == {
        "ngram_size": 20,
        "window_size": 90,
        "whitelist_token_ids": [128821, 128822],
    }
    assert body["repetition_detection"] == {"min_pattern_size": 1, "max_pattern_size": 32, "min_count": 64}


def test_sglang_keeps_special_tokens() -> None:
    body = _body(Dialect.SGLANG)
    assert body["skip_special_tokens"] is False
    assert "vllm_xargs" not in body


def test_a_stream_is_asked_for_in_larger_pieces_where_the_server_may_know_how() -> None:
    question, settings = question_of(numbered_page(1)), EndpointSettings()
    whole = chat_request(question, settings, Introduction("ocr", Dialect.VLLM))
    pieces = chat_request(question, settings, Introduction("ocr", Dialect.VLLM), in_pieces=True)
    assert pieces == whole | {"stream": True, "stream_options": {"include_usage": True}, "stream_interval": 16}
    plain = chat_request(question, settings, Introduction("ocr", Dialect.PLAIN), in_pieces=True)
    assert set(plain) == {"model", "messages", "temperature", "stream"}


def test_a_tight_guard_forbids_shorter_repetitions_in_a_wider_window() -> None:
    request = numbered_page(1)
    tight = question_of(type(request)(1, request.pixels, 8.0, 8.0, tight_guard=True))
    settings = EndpointSettings()
    guard = chat_request(tight, settings, Introduction("ocr", Dialect.VLLM))["vllm_xargs"]
    assert (guard["ngram_size"], guard["window_size"]) == (10, 180)
    assert "frequency_penalty" in chat_request(tight, settings, Introduction("ocr", Dialect.PLAIN))


@pytest.mark.parametrize("option", ["max_tokens", "logprobs"])
def test_what_the_settings_leave_open_is_left_to_the_server(option: str) -> None:
    assert option not in _body(Dialect.VLLM)
    assert _body(Dialect.VLLM, **{option: 1})[option] == 1


def test_a_page_that_shall_be_cut_less_is_sent_smaller_and_any_other_as_it_is() -> None:
    page = numbered_page(1, side=1000)
    (message,) = chat_request(
        question_of(replace(page, max_crops=2)), EndpointSettings(), Introduction("ocr", Dialect.PLAIN)
    )["messages"]
    assert pixels_in([message]).shape == (768, 768, 3)
    assert pixels_to_send(page) is page.pixels
    wide = replace(page, pixels=page.pixels[:400], max_crops=2)
    assert pixels_to_send(wide) is wide.pixels
