"""One page as a chat completion request."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from model_runtime.contract import PageRequest
from model_runtime.engines.endpoint.introduction import Introduction
from model_runtime.engines.endpoint.settings import Dialect, EndpointSettings
from model_runtime.engines.fewer_crops import pixels_to_send
from model_runtime.engines.png import encoded_png
from model_runtime.vocabulary import IMAGE, Prompt

_CELL_TOKENS = [128821, 128822]
"""`<td>` and `</td>`, which a table may repeat as often as it likes."""
_REPETITION = {"min_pattern_size": 1, "max_pattern_size": 32, "min_count": 64}
"""What no page holds and every endless loop reaches soon: the same up to 32 tokens, 64 times in a row."""


_TIGHTER = 2
"""A tight guard forbids n-grams half as long in a window twice as wide."""
_TIGHT_PENALTY = 0.1
"""For servers without the guard: what a token's every use takes from its logit."""


_IN_PIECES: dict[str, Any] = {"stream": True}
_IN_PIECES_OF_VLLM: dict[str, Any] = {"stream_options": {"include_usage": True}, "stream_interval": 16}
"""A piece for so many tokens costs server and client a tenth of what a piece for each does. vLLM up to 0.26 passes over
the interval and takes it from `--stream-interval` alone."""


@dataclass(frozen=True, slots=True)
class Question:
    """A page on its way to a server; its picture is a data URL, so that the server fetches nothing."""

    page_index: int
    image: str
    prompt: Prompt
    tight_guard: bool = False


def question_of(request: PageRequest) -> Question:
    """Encodes the page; its pixels are not needed any more."""
    image = "data:image/png;base64," + base64.b64encode(encoded_png(pixels_to_send(request))).decode("ascii")
    return Question(request.page_index, image, request.prompt, request.tight_guard)


def chat_request(
    question: Question, settings: EndpointSettings, introduction: Introduction, *, in_pieces: bool = False
) -> dict[str, Any]:
    """The body of a chat completion. The server puts `<image>` and a line break in front of the text itself."""
    words = question.prompt.value.removeprefix(IMAGE).lstrip("\n")
    content = [{"type": "image_url", "image_url": {"url": question.image}}, {"type": "text", "text": words}]
    body: dict[str, Any] = {
        "model": introduction.model,
        "messages": [{"role": "user", "content": content}],
        "temperature": 0.0,
    }
    if settings.max_tokens is not None:
        body["max_tokens"] = settings.max_tokens
    if settings.logprobs:
        body["logprobs"] = True
    if introduction.dialect is not Dialect.PLAIN:
        body["skip_special_tokens"] = False
    if in_pieces:
        body |= _IN_PIECES | (_IN_PIECES_OF_VLLM if introduction.dialect is Dialect.VLLM else {})
    return body | _guard(question, settings, introduction.dialect)


def _guard(question: Question, settings: EndpointSettings, dialect: Dialect) -> dict[str, Any]:
    """What the server can do against repetition."""
    if dialect is not Dialect.VLLM or not settings.ngram_size:
        return {"frequency_penalty": _TIGHT_PENALTY} if question.tight_guard else {}
    tighter = _TIGHTER if question.tight_guard else 1
    guard = {
        "ngram_size": max(2, settings.ngram_size // tighter),
        "window_size": settings.ngram_window * tighter,
        "whitelist_token_ids": _CELL_TOKENS,
    }
    return {"repetition_detection": _REPETITION, "vllm_xargs": guard}
